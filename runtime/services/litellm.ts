import { dirname, join } from 'node:path';
import type { Settings } from '../../settings/schema';
import type { SecretName } from '../../settings/secrets';
import { litellm as describeLiteLLM } from '../../workloads/litellm';
import { queryEngine } from '../installation/python-environment';
import { Service } from '../processes/service';
import { localProcess } from './local-process';
import { HttpService } from './local-service';

const OFFLINE_BIN = join(__dirname, '../../packages/prisma-engine/offline-bin');
const PROGRAM = join(__dirname, 'litellm_program.py');
/** A busy or small machine takes minutes; below the five that a contract suite waits. */
const START_TIMEOUT_S = 270;

/** Keeps LiteLLM from calling providers for what `mock_response` does not cover (counting tokens, say). */
const OFFLINE = {
  HTTP_PROXY: 'http://127.0.0.1:9', // nothing listens there
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  AIOHTTP_TRUST_ENV: 'True',
};

/** What decides how a provider is reached, where models are real. */
const NETWORK_VARIABLES = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
];

export interface LiteLLMOptions {
  /** The virtual environment that holds LiteLLM. */
  readonly venv: string;
  readonly settings: Settings;
  /** Text of `config.yaml`. */
  readonly config: string;
  /** Where `config.yaml` and scratch files go. */
  readonly directory: string;
  readonly secrets: Partial<Record<SecretName, string>>;
  readonly databaseUrl: string;
  readonly port: number;
  readonly logFile: string;
  /** Whether any model is served by its real provider. */
  readonly online: boolean;
  /** Added to its environment. @default - nothing */
  readonly env?: Record<string, string>;
}

/** The LiteLLM proxy on 127.0.0.1, as deployed but for its address, against a migrated database; ready with its database. */
export class LiteLLM extends HttpService {
  constructor(private readonly options: LiteLLMOptions) {
    super(options.port, START_TIMEOUT_S);
  }

  protected override launch(): Service {
    const { venv, port, logFile } = this.options;
    const { arguments: args, environment } = this.rendered();
    // Of an option given twice, the last one counts.
    const address = ['--host', '127.0.0.1', '--port', String(port)];
    return Service.start('LiteLLM', join(venv, 'bin/python'), [PROGRAM, ...args, ...address], {
      env: environment,
      cwd: dirname(logFile), // LiteLLM and prisma-client-py read a .env file from where they run
      logFile,
    });
  }

  /** Asked with the master key, so that another gateway's LiteLLM on the same port does not count. */
  protected override async isReady(signal: AbortSignal): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.options.secrets.litellm_master_key}` };
    const readiness = await fetch(`${this.url}/health/readiness`, { signal });
    if (!readiness.ok || ((await readiness.json()) as { db?: string }).db !== 'connected') return false;
    return (await fetch(`${this.url}/v1/models`, { headers, signal })).ok;
  }

  protected rendered() {
    const { settings, config, directory, secrets, databaseUrl, online, venv, env } = this.options;
    const workload = describeLiteLLM(settings, { config });
    const address = new URL(databaseUrl).host;
    const { arguments: args, environment } = localProcess(workload, {
      directory,
      secrets,
      addresses: { postgres: address },
    });
    return {
      arguments: args,
      environment: {
        ...environment,
        ...(online ? inherited(NETWORK_VARIABLES) : OFFLINE),
        PATH: [OFFLINE_BIN, join(venv, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
        DATABASE_URL: databaseUrl,
        DISABLE_SCHEMA_UPDATE: 'true', // the database is a copy of a migrated one
        PRISMA_QUERY_ENGINE_BINARY: queryEngine(),
        PYTHONUNBUFFERED: '1',
        ...env,
      },
    };
  }
}

function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
