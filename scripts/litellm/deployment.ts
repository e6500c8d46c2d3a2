import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS } from '../../catalog/model';
import { gatewayConfigurationJson } from '../../litellm-config/gateway-json';
import { proxyConfig, proxyConfigText } from '../../litellm-config/proxy-config';
import { startOnAnyPort } from '../../runtime/processes/port-taken';
import { makeSecrets, type Secrets } from '../../runtime/secrets';
import { KeyProvisioner } from '../../runtime/services/key-provisioner';
import { LiteLLM } from '../../runtime/services/litellm';
import { parseSettings } from '../../settings/load';

/** Where a LiteLLM and its key-provisioner answer. */
export interface Deployment {
  readonly url: string;
  readonly provisionerUrl: string;
  readonly secrets: Secrets;
}

export interface DeploymentOptions {
  /** The virtual environment that holds LiteLLM, of whatever release. */
  readonly venv: string;
  readonly databaseUrl: string;
  /** For configuration and logs. */
  readonly directory: string;
  readonly secrets?: Secrets;
}

const SETTINGS = {
  providers: { anthropic: { credentials: 'variable' } },
  key_provisioner: { reconcile_interval_s: 0 },
} as const;

/**
 * Runs a LiteLLM of any release, with mocked models and the key-provisioner, while something is done with it. The request
 * filter is left out: it is written for one release.
 */
export async function withDeployment<T>(options: DeploymentOptions, use: (deployment: Deployment) => Promise<T>) {
  const { venv, databaseUrl, secrets = makeSecrets() } = options;
  const directory = join(options.directory, randomBytes(4).toString('hex'));
  mkdirSync(directory, { mode: 0o700 });
  const settings = parseSettings(JSON.stringify(SETTINGS), 'scripts/litellm/deployment.ts');
  const config = proxyConfig(settings, { mock: PROVIDERS });
  delete config.litellm_settings['callbacks'];
  const text = proxyConfigText(config);
  const credentials = { ...secrets, anthropic_api_key: 'sk-mocked' };
  let litellm: LiteLLM | undefined;
  let provisioner: KeyProvisioner | undefined;
  try {
    const litellmPort = await startOnAnyPort((port) => {
      const logFile = join(directory, 'litellm.log');
      const parts = { venv, settings, directory, databaseUrl, port, logFile, config: text, secrets: credentials };
      litellm = new LiteLLM({ ...parts, online: false });
      return litellm.start();
    });
    const url = `http://127.0.0.1:${litellmPort}`;
    const port = await startOnAnyPort((port) => {
      provisioner = new KeyProvisioner({
        ...{ settings, directory, secrets, port, litellm: `127.0.0.1:${litellmPort}` },
        configuration: gatewayConfigurationJson(settings, {
          gatewayUrl: url,
          provisionerUrl: `http://127.0.0.1:${port}`,
        }),
        logFile: join(directory, 'key-provisioner.log'),
      });
      return provisioner.start();
    });
    return await use({ url, provisionerUrl: `http://127.0.0.1:${port}`, secrets });
  } finally {
    await provisioner?.stop();
    await litellm?.stop();
  }
}
