import { PROVIDERS, type Provider } from '../catalog/model';
import { neededCredentials } from '../settings/credentials';
import type { Settings } from '../settings/schema';
import { type SecretName, secret } from '../settings/secrets';

/** Which providers are called and which LiteLLM stands in for, and the credentials `config.yaml` refers to. */
export interface ProviderChoice {
  readonly real: readonly Provider[];
  readonly mock: readonly Provider[];
  /** Real credentials, or a placeholder. */
  readonly secrets: Partial<Record<SecretName, string>>;
}

/** What a mocked provider's credential is set to, so that `config.yaml` can stay as deployed. */
const PLACEHOLDER = 'unused-where-models-are-mocked';

/** A provider is real where all of its required credentials are in the environment, unless `mockAll` says otherwise. */
export function chooseProviders(
  settings: Settings,
  env: NodeJS.ProcessEnv = process.env,
  mockAll = false,
): ProviderChoice {
  const real: Provider[] = [];
  const secrets: Partial<Record<SecretName, string>> = {};
  for (const { provider, credentials } of neededCredentials(settings)) {
    const values = credentials.map(({ secret: name, required }) => ({
      name,
      required,
      value: fromEnvironment(name, env),
    }));
    const isReal = !mockAll && values.every(({ required, value }) => !required || value);
    if (isReal) real.push(provider);
    for (const { name, required, value } of values) {
      const used = isReal ? value : required ? PLACEHOLDER : undefined;
      if (used !== undefined) secrets[name] = used;
    }
  }
  return { real, mock: PROVIDERS.filter((provider) => !real.includes(provider)), secrets };
}

function fromEnvironment(name: SecretName, env: NodeJS.ProcessEnv): string | undefined {
  return secret(name)
    .environment?.map((variable) => env[variable])
    .find(Boolean);
}
