import { dirname, join } from 'node:path';
import { QUERY_ENGINE } from '../installation/python-environment.ts';
import { Service } from '../processes/service.ts';

const OFFLINE_BIN = join(import.meta.dirname, '../offline-bin');
const READY_WITHIN_S = 180;

/** Keeps LiteLLM from fetching price lists at start. */
const LOCAL_DATA = {
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: 'True',
  LITELLM_LOCAL_AUTOROUTER_PRESETS: 'True',
  LITELLM_LOCAL_BLOG_POSTS: 'True',
  LITELLM_LOCAL_POLICY_TEMPLATES: 'True',
};

/** Keeps LiteLLM from calling providers for what `mock_response` does not cover (counting tokens, say). */
const OFFLINE = {
  HTTP_PROXY: 'http://127.0.0.1:9', // nothing listens there
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  AIOHTTP_TRUST_ENV: 'True',
};

/** What decides how a provider is reached, where models are real. */
const NETWORK_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
const CERTIFICATE_VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'];

export interface LiteLLMOptions {
  /** The virtual environment that holds LiteLLM. */
  readonly venv: string;
  /** Path of `config.yaml`. */
  readonly config: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly saltKey: string;
  readonly port: number;
  readonly logFile: string;
  /** Whether any model is served by its real provider. */
  readonly online: boolean;
  /** Credentials and whatever else `config.yaml` refers to. */
  readonly env: Record<string, string>;
}

/** The LiteLLM proxy on 127.0.0.1, against a migrated database. */
export class LiteLLM {
  private service?: Service;

  constructor(private readonly options: LiteLLMOptions) {}

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

  /** Resolves when the proxy is ready, its database included. */
  async start(signal?: AbortSignal): Promise<void> {
    const { config, port, venv, logFile } = this.options;
    const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port)];
    const service = Service.start('LiteLLM', join(venv, 'bin/litellm'), args, {
      env: { ...environment(this.options), ...this.options.env },
      cwd: dirname(logFile), // LiteLLM and prisma-client-py read a .env file from where they run
      logFile,
    });
    this.service = service;
    try {
      await service.waitUntil(() => this.isReady(), READY_WITHIN_S, signal);
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

  /** Asked with the master key, so that somebody else's proxy on the same port does not count. */
  private async isReady(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.options.masterKey}` };
    const readiness = await fetch(`${this.url}/health/readiness`);
    if (!readiness.ok || ((await readiness.json()) as { db?: string }).db !== 'connected') return false;
    return (await fetch(`${this.url}/v1/models`, { headers })).ok;
  }
}

/** A complete environment: next to nothing is inherited, so that runs are repeatable. */
function environment({ venv, databaseUrl, masterKey, saltKey, online }: LiteLLMOptions): Record<string, string> {
  return {
    ...LOCAL_DATA,
    ...(online ? inherited([...NETWORK_VARIABLES, ...CERTIFICATE_VARIABLES]) : OFFLINE),
    PATH: [OFFLINE_BIN, join(venv, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
    HOME: process.env.HOME ?? '/tmp',
    DATABASE_URL: databaseUrl,
    DISABLE_SCHEMA_UPDATE: 'true', // the database is a copy of a migrated one
    LITELLM_MASTER_KEY: masterKey,
    LITELLM_SALT_KEY: saltKey,
    PRISMA_QUERY_ENGINE_BINARY: QUERY_ENGINE,
    PYTHONUNBUFFERED: '1',
  };
}

function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
