import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../bin/bundle';
import type { Settings } from '../../settings/schema';
import type { SecretName } from '../../settings/secrets';
import { keyProvisioner as describeKeyProvisioner } from '../../workloads/key-provisioner';
import { Service } from '../processes/service';
import { localProcess } from './local-process';
import { HttpService } from './local-service';

const SERVER = join(__dirname, '../../images/key-provisioner/src/server.ts');
const START_TIMEOUT_S = 60;

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

/** The key-provisioner on 127.0.0.1, bundled from its source as in its image; ready when it answers, whether LiteLLM does or not. */
export class KeyProvisioner extends HttpService {
  constructor(private readonly options: KeyProvisionerOptions) {
    super(options.port, START_TIMEOUT_S);
  }

  protected override launch(): Service {
    const { settings, configuration, directory, secrets, litellm, port, logFile, env } = this.options;
    const { environment } = localProcess(describeKeyProvisioner(settings), {
      directory,
      secrets,
      addresses: { litellm },
      files: { 'gateway.json': configuration },
    });
    const address = { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: String(port) };
    return Service.start('key-provisioner', process.execPath, program(), {
      env: { ...environment, ...address, ...env },
      logFile,
    });
  }

  protected override async isReady(signal: AbortSignal): Promise<boolean> {
    return (await fetch(`${this.url}/health`, { signal })).ok;
  }
}

/** A bundle as in its image; in a checkout that is read-only, its source. */
function program(): string[] {
  try {
    return [bundle(SERVER)];
  } catch {
    return ['--import', pathToFileURL(require.resolve('tsx')).href, SERVER];
  }
}
