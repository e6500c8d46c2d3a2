import { connect } from 'node:net';
import type { Settings } from '../../settings/schema';
import { bodyClasses } from '../../workloads/body-limits';
import { edge as describeEdge, EDGE_CONFIGURATION } from '../../workloads/edge';
import { edgeConfiguration } from '../../workloads/edge-configuration';
import { Service } from '../processes/service';
import { localProcess } from './local-process';
import { HttpService } from './local-service';

const HOST = '127.0.0.1';
const START_TIMEOUT_S = 60;

export interface EdgeOptions {
  /** Path of Envoy. */
  readonly program: string;
  readonly settings: Settings;
  /** Where `envoy.json` goes. */
  readonly directory: string;
  /** Of each LiteLLM. */
  readonly litellmPorts: readonly number[];
  readonly port: number;
  readonly logFile: string;
}

/** The edge on 127.0.0.1, as deployed but for addresses and its liveness answer; ready whether LiteLLM is or not. */
export class Edge extends HttpService {
  constructor(private readonly options: EdgeOptions) {
    super(options.port, START_TIMEOUT_S);
  }

  protected override launch(): Service {
    const { program, settings, directory, litellmPorts, port, logFile } = this.options;
    const { arguments: args } = localProcess(describeEdge(settings), {
      directory,
      secrets: {},
      addresses: {},
      files: {
        [EDGE_CONFIGURATION]: edgeConfiguration({
          listen: { host: HOST, port },
          litellm: litellmPorts.map((port) => ({ host: HOST, port })),
          requestTimeoutSeconds: settings.litellm.request_timeout_s,
          classes: bodyClasses(settings.litellm.memory_mb),
        }),
      },
    });
    return Service.start('the edge', program, args, { env: {}, cwd: directory, logFile });
  }

  protected override isReady(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.options.port, host: HOST, signal }, () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
    });
  }
}
