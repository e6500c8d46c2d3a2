import type { Provider } from '../catalog/model';
import type { Settings } from './schema';
import type { SecretName } from './secrets';
import { servedModels } from './served-models';

/** One credential of a provider: the Terraform variable it comes from and the environment variable LiteLLM reads. */
export interface Credential {
  readonly secret: SecretName;
  readonly environment: string;
  /** A plan without it stops. */
  readonly required: boolean;
  /** The field of LiteLLM's `litellm_params`. */
  readonly parameter: string;
}

const key = (secret: SecretName, environment: string, parameter = 'api_key', required = true): Credential => ({
  secret,
  environment,
  required,
  parameter,
});

/** What each provider needs where `credentials: variable`; the ones that take nothing are run by oneself. */
export const PROVIDER_CREDENTIALS: Readonly<Record<Provider, readonly Credential[]>> = {
  anthropic: [key('anthropic_api_key', 'ANTHROPIC_API_KEY')],
  bedrock: [
    key('aws_access_key_id', 'AWS_ACCESS_KEY_ID', 'aws_access_key_id'),
    key('aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY', 'aws_secret_access_key'),
    // Not in litellm_params: boto3 finds it by itself, and an empty one must not be sent.
    { ...key('aws_session_token', 'AWS_SESSION_TOKEN', ''), required: false },
  ],
  openai: [key('openai_api_key', 'OPENAI_API_KEY')],
  azure: [key('azure_api_key', 'AZURE_API_KEY')],
  vertex_ai: [key('vertex_credentials', 'VERTEX_CREDENTIALS', 'vertex_credentials')],
  ollama: [],
  hosted_vllm: [],
};

/** The credentials a deployment must be given: of providers that serve a model and take theirs from variables. */
export function neededCredentials(
  settings: Settings,
): { provider: Provider; models: string[]; credentials: readonly Credential[] }[] {
  const served = servedModels(settings);
  return (Object.keys(PROVIDER_CREDENTIALS) as Provider[]).flatMap((provider) => {
    if (settings.providers[provider].credentials !== 'variable') return [];
    const models = served
      .filter((model) => model.routes.some((route) => route.provider === provider))
      .map(({ name }) => name);
    const credentials = PROVIDER_CREDENTIALS[provider];
    return models.length > 0 && credentials.length > 0 ? [{ provider, models, credentials }] : [];
  });
}
