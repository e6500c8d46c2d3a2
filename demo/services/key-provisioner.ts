import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Settings } from '../../settings/schema.ts';
import type { SecretName } from '../../settings/secrets.ts';
import { keyProvisioner as describeKeyProvisioner } from '../../workloads/key-provisioner.ts';
import { Service } from '../processes/service.ts';
import { localProcess } from './local-process.ts';

const SERVER = join(import.meta.dirname, '../../images/key-provisioner/src/server.ts');
const TYPESCRIPT_LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const READY_WITHIN_S = 60;

export interface KeyProvisionerOptions {
  readonly settings: Settings;
  /** Text of `gateway.json`. */
  readonly configuration: string;
  /** Where `gateway.json` goes. */
  readonly directory: string;
  readonly secrets: Partial<Record<SecretName, string>>;
  /** LiteLLM's `host:port`. */
  readonly litellm: string;
  readonly port: number;
  readonly logFile: string;
  /** Added to its environment. @default - nothing */
  readonly env?: Record<string, string>;
}

/** The key-provisioner on 127.0.0.1, run from its source. */
export class KeyProvisioner {
  private service?: Service;

  constructor(private readonly options: KeyProvisionerOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number {
    return this.service?.pid ?? 0;
  }

  /** Resolves when the process has ended by itself. */
  get ended(): Promise<void> {
    return this.service?.ended ?? Promise.resolve();
  }

  /** Resolves when it answers; whether LiteLLM does is another question. */
  async start(signal?: AbortSignal): Promise<void> {
    const { settings, configuration, directory, secrets, litellm, port, logFile, env } = this.options;
    const { environment } = localProcess(describeKeyProvisioner(settings), {
      directory,
      secrets,
      addresses: { litellm },
      files: { 'gateway.json': configuration },
    });
    const here = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: String(port) };
    const service = Service.start('key-provisioner', process.execPath, ['--import', TYPESCRIPT_LOADER, SERVER], {
      env: { ...environment, ...here, ...env },
      logFile,
    });
    this.service = service;
    try {
      await service.waitUntil(async () => (await fetch(`${this.url}/health`)).ok, READY_WITHIN_S, signal);
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
}
