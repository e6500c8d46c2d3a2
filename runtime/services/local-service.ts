import { waitUntilReady } from '../processes/port-taken';
import type { Service } from '../processes/service';

/** A workload as one process of this machine that listens on 127.0.0.1. */
export abstract class LocalService {
  private service?: Service;

  protected constructor(
    protected readonly port: number,
    /** How long a busy or small machine may take. */
    private readonly startTimeoutSeconds: number,
  ) {}

  get pid(): number {
    return this.service?.pid ?? 0;
  }

  /** Resolves when the process has ended by itself. */
  get ended(): Promise<void> {
    return this.service?.ended ?? Promise.resolve();
  }

  /**
   * Resolves when it is ready; where it does not become ready, nothing of it is left.
   *
   * @throws PortTaken where another process has its port; ServiceFailed where it ends or is not ready in time
   */
  async start(signal?: AbortSignal): Promise<void> {
    const service = this.launch();
    this.service = service;
    try {
      await waitUntilReady(service, {
        port: this.port,
        isReady: (over) => this.isReady(over),
        timeoutSeconds: this.startTimeoutSeconds,
        signal,
      });
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.service?.stop();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.service?.kill();
  }

  protected abstract launch(): Service;

  /** @param signal aborts when the answer is of no use any more */
  protected abstract isReady(signal: AbortSignal): Promise<boolean>;
}

/** One that speaks HTTP. */
export abstract class HttpService extends LocalService {
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}
