import { PROVIDER_CREDENTIALS } from '../../../settings/credentials';
import type { Examination } from '../examination';
import { isAboutTheKey, type Probe } from '../probe';
import { providerAnswers } from '../provider-answers';
import type { Diagnosis, Symptom } from '../symptom';

/** Requests fail with 401 although the key is good: what the provider is shown is empty or wrong. */
export const providerCredential: Symptom = {
  id: 'provider-credential',
  title: 'requests fail with 401 although the key is good',
  detection: "a small question to the cheapest model of each provider, and the provider's answer to it",
  causes: ["the provider's credential is empty", 'it is wrong, revoked, or of another account'],
  detect: async (examination) => {
    const probes = await providerAnswers(examination);
    if ('because' in probes) return probes;
    const refused = probes.filter(
      (probe) => probe.status !== 200 && !isAboutTheKey(probe.type) && isAboutTheCredential(probe.message),
    );
    return Promise.all(refused.map((probe) => diagnose(examination, probe)));
  },
};

/** What providers, their libraries and LiteLLM say about a credential they do not like. */
const CREDENTIAL =
  /AuthenticationError|authentication_error|invalid x-api-key|Missing .{0,20}API.?Key|Unable to locate credentials|security token .* invalid|UnrecognizedClient|InvalidSignature|api_key client option must be set/i;

export const isAboutTheCredential = (message: string): boolean => CREDENTIAL.test(message);

async function diagnose(examination: Examination, { provider, model, status, message }: Probe): Promise<Diagnosis> {
  const needed =
    PROVIDER_CREDENTIALS[provider as keyof typeof PROVIDER_CREDENTIALS]?.filter(({ required }) => required) ?? [];
  const environment = (await examination.container('litellm'))?.Config.Env;
  const setting = (name: string) => environment?.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  const empty = needed.filter((credential) => environment && !setting(credential.environment));
  const missing = empty.length > 0 || /Missing|Unable to locate|must be set|header is required/i.test(message);
  const names = needed.map(({ secret }) => secret).join(', ');
  return {
    cause: missing
      ? `the credential of ${provider} is empty (${names})`
      : `${provider} does not accept its credential (${names})`,
    evidence: [
      `a question to ${model}: ${status} ${message.replace(/\s+/g, ' ').slice(0, 160)}`,
      ...empty.map(
        (credential) => `${examination.containerName('litellm')} runs with an empty ${credential.environment}`,
      ),
    ],
    fix: [
      `# set ${names} in secrets.tfvars, then`,
      'make plan && make deploy',
      `# or leave ${provider} out: providers.${provider}.credentials: off in gateway.yaml`,
    ],
  };
}
