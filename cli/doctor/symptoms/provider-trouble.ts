import type { Examination } from '../examination';
import { isAboutTheKey, isCooldown, type Probe } from '../probe';
import { providerAnswers } from '../provider-answers';
import type { Diagnosis, Symptom } from '../symptom';
import { isAboutTheCredential } from './provider-credential';

interface Trouble {
  /** In what LiteLLM passes on of it: its own class of error, and the provider's words. */
  readonly says: RegExp;
  readonly cause: (probe: Probe) => string;
  readonly fix: (probe: Probe, examination: Examination) => string[];
}

const elsewhere = '# or let another provider of the same model answer: models.provider_failover: true in gateway.yaml';

/** The first that fits; the last fits always. */
const TROUBLES: readonly Trouble[] = [
  {
    says: /credit balance|insufficient_quota|billing/i,
    cause: ({ provider }) => `the account at ${provider} has no credit left`,
    fix: ({ provider }) => [`# add credit to the account at ${provider}; nothing has to be deployed`, elsewhere],
  },
  {
    says: /AccessDenied|PermissionDenied|NotFoundError|not authorized|access to the model/i,
    cause: ({ provider, model }) => `the account at ${provider} may not use what stands behind ${model}`,
    fix: ({ provider, model }) => [
      `# have the model enabled in ${provider}'s console (Bedrock: "model access", in the region of gateway.yaml)`,
      `# or leave ${model} out: models.enabled in gateway.yaml`,
    ],
  },
  {
    says: /RateLimitError|rate_limit|Throttling|too many requests/i,
    cause: ({ provider }) => `${provider} refuses for a rate limit of its own`,
    fix: ({ provider }) => [
      `# wait, ask ${provider} for a higher limit, or give keys a lower rpm_limit in gateway.yaml`,
      elsewhere,
    ],
  },
  {
    says: /connect|name resolution|getaddrinfo|timed? ?out|certificate|SSL/i,
    cause: ({ provider }) => `${provider} cannot be reached from the gateway`,
    fix: ({ provider }, { settings, containerName }) => {
      const { api_base } = settings.providers[provider as keyof typeof settings.providers] ?? {};
      return [
        `docker logs --tail 50 ${containerName('litellm')}`,
        api_base
          ? `# see that ${api_base} (providers.${provider}.api_base) answers from the gateway's host`
          : `# see that the gateway's host reaches ${provider}: name resolution, firewall, proxy`,
        elsewhere,
      ];
    },
  },
  {
    says: /./,
    cause: ({ provider, status }) => `${provider} fails or refuses (status ${status})`,
    fix: ({ provider }) => [`# see what ${provider} says about its own state`, elsewhere],
  },
];

/** The provider itself is what fails: away, overloaded, out of credit, or unwilling. */
export const providerTrouble: Symptom = {
  id: 'provider-trouble',
  title: 'requests fail with 4xx or 5xx although key and credential are good',
  detection: "a small question to the cheapest model of each provider, and LiteLLM's error about it",
  causes: [
    'the provider cannot be reached: network, name resolution, firewall, a wrong `api_base`',
    'the account has no credit left, or may not use the model',
    "the provider's own rate limit, or it is overloaded",
  ],
  detect: async (examination) => {
    const probes = await providerAnswers(examination);
    if ('because' in probes) return probes;
    return probes.filter(isTheProviders).map((probe) => diagnose(examination, probe));
  },
};

/** LiteLLM's class of error for a failure of a provider; its own failures (the database, its settings) have none. */
const UPSTREAM = /litellm\.\w+: .*/;

const isTheProviders = ({ status, type, message }: Probe) =>
  status !== 200 &&
  !isAboutTheCredential(message) &&
  // A provider's rate limit has the type that the key's own has.
  (UPSTREAM.test(message) ? !isAboutTheKey(type) || type === 'throttling_error' : isCooldown(type));

function diagnose(examination: Examination, probe: Probe): Diagnosis {
  const { model, status, message } = probe;
  const { cause, fix } = TROUBLES.find(({ says }) => says.test(message)) as Trouble;
  return {
    cause: cause(probe),
    evidence: [`a question to ${model}: ${status} ${message.replace(/\s+/g, ' ').slice(0, 200)}`],
    fix: fix(probe, examination),
  };
}
