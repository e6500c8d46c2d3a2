import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { startOnAnyPort } from '../../../runtime/processes/port-taken';
import { Service } from '../../../runtime/processes/service';
import { HttpService } from '../../../runtime/services/local-service';

const HOST = '127.0.0.1';
/** Valkey, or what it was made from, whichever the machine has (`scripts/test-tools.sh`). */
const PROGRAMS = ['valkey-server', 'redis-server'];

/** The counters that several LiteLLM share, on 127.0.0.1. */
export class Valkey extends HttpService {
  private readonly password = randomBytes(16).toString('hex');

  private constructor(
    private readonly port_: number,
    private readonly logFile: string,
  ) {
    super(port_, 30);
  }

  static async start(logFile: string): Promise<Valkey> {
    let valkey: Valkey | undefined;
    await startOnAnyPort((port) => {
      valkey = new Valkey(port, logFile);
      return valkey.start();
    });
    if (!valkey) throw new Error('Valkey was not started');
    return valkey;
  }

  /** What LiteLLM finds it by. */
  get environment(): Record<string, string> {
    return { VALKEY_HOST: HOST, VALKEY_PORT: String(this.port_), VALKEY_PASSWORD: this.password };
  }

  protected override launch(): Service {
    const program = PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);
    if (!program) throw new Error(`none of ${PROGRAMS.join(', ')} is installed; run scripts/test-tools.sh`);
    const options = { port: this.port_, bind: HOST, requirepass: this.password, save: '', appendonly: 'no' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return Service.start('Valkey', program, args, { env: {}, cwd: tmpdir(), logFile: this.logFile });
  }

  protected override isReady(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port_, host: HOST, signal }, () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
    });
  }
}
