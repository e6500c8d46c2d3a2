import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Service } from '../processes/service.ts';

const SERVER = join(import.meta.dirname, '../../images/key-provisioner/src/server.ts');
const TYPESCRIPT_LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const READY_WITHIN_S = 60;

export interface KeyProvisionerOptions {
  readonly port: number;
  readonly logFile: string;
  /** Path of `gateway.json`. */
  readonly configuration: string;
  readonly litellmUrl: string;
  readonly litellmMasterKey: string;
  readonly adminToken: string;
  readonly workspaceIdentitySecret: string;
  readonly keyDerivationSecret: string;
  /** Coder's API. Without it, the workspace's token alone decides. @default - none */
  readonly coder?: { readonly url: string; readonly token: string };
  /** Added to, or taken instead of, what the above amounts to. */
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
    const service = Service.start('key-provisioner', process.execPath, ['--import', TYPESCRIPT_LOADER, SERVER], {
      env: { ...environment(this.options), ...this.options.env },
      logFile: this.options.logFile,
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

function environment(options: KeyProvisionerOptions): Record<string, string> {
  const { coder } = options;
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/tmp',
    HOST: '127.0.0.1',
    PORT: String(options.port),
    LITELLM_URL: options.litellmUrl,
    LITELLM_MASTER_KEY: options.litellmMasterKey,
    ADMIN_TOKEN: options.adminToken,
    WORKSPACE_IDENTITY_SECRET: options.workspaceIdentitySecret,
    KEY_DERIVATION_SECRET: options.keyDerivationSecret,
    GATEWAY_CONFIGURATION: options.configuration,
    ...(coder ? { CODER_URL: coder.url, CODER_TOKEN: coder.token } : {}),
  };
}
