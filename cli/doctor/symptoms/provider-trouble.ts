import type { DoctorContext } from '../doctor-context';
import { isAboutTheCredential, isAboutTheKey, isCooldown, type Probe } from '../probe';
import { probeEvidence, providerAnswers } from '../provider-answers';
import { type Diagnosis, foundIf, type Step, type Symptom, step } from '../symptom';

interface Failure {
  /** In what LiteLLM passes on of it: its own class of error, and the provider's words. */
  readonly pattern: RegExp;
  readonly cause: (probe: Probe) => string;
  readonly fix: (probe: Probe, doctor: DoctorContext) => Step[];
}

const FAILOVER = step(
  'Or let another provider of the same model answer, with models.provider_failover: true in gateway.yaml.',
);

/** The first that matches; the last always does. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /credit balance|insufficient_quota|billing/i,
    cause: ({ provider }) => `the account at ${provider} has no credit left`,
    fix: ({ provider }) => [step(`Add credit to the account at ${provider}; nothing has to be deployed.`), FAILOVER],
  },
  {
    pattern: /AccessDenied|PermissionDenied|NotFoundError|not authorized|access to the model/i,
    cause: ({ provider, model }) => `the account at ${provider} may not use the model behind ${model}`,
    fix: ({ provider, model }) => [
      step(`Enable the model in ${provider}'s console (Bedrock: "model access", in the region of gateway.yaml).`),
      step(`Or leave ${model} out of models.enabled in gateway.yaml.`),
    ],
  },
  {
    pattern: /RateLimitError|rate_limit|Throttling|too many requests/i,
    cause: ({ provider }) => `${provider} applies a rate limit of its own`,
    fix: ({ provider }) => [
      step(`Wait, ask ${provider} for a higher limit, or give keys a lower rpm_limit in gateway.yaml.`),
      FAILOVER,
    ],
  },
  {
    pattern: /connect|name resolution|getaddrinfo|timed? ?out|certificate|SSL/i,
    cause: ({ provider }) => `${provider} is unreachable from the gateway`,
    fix: ({ provider }, { settings, runtime, workloadName }) => {
      const { api_base } = settings.providers[provider as keyof typeof settings.providers] ?? {};
      return [
        step('The log has the details:', runtime.commands.log(workloadName('litellm'))),
        api_base
          ? step(`Check that ${api_base} (providers.${provider}.api_base) answers from the gateway's host.`)
          : step(`Check that the gateway's host reaches ${provider}: name resolution, firewall, proxy.`),
        FAILOVER,
      ];
    },
  },
  {
    pattern: /./,
    cause: ({ provider, status }) => `${provider} fails or refuses (status ${status})`,
    fix: ({ provider }) => [step(`Check the status page of ${provider}.`), FAILOVER],
  },
];

/** The provider itself fails: unreachable, overloaded, out of credit, or it refuses. */
export const providerTrouble: Symptom = {
  id: 'provider-trouble',
  title: 'requests fail with 4xx or 5xx although key and credential are good',
  detection: "a small request to the cheapest model of each provider, and LiteLLM's error about it",
  causes: [
    'the provider is unreachable: network, name resolution, firewall, a wrong `api_base`',
    'the account has no credit left, or may not use the model',
    "the provider's own rate limit, or it is overloaded",
  ],
  detect: async (doctor) => {
    const probes = await providerAnswers(doctor);
    if ('reason' in probes) return probes;
    return foundIf(probes.filter(isFailureOfTheProvider).map((probe) => diagnose(doctor, probe)));
  },
};

/** LiteLLM's class of error for a failure of a provider; its own failures (the database, its settings) have none. */
const UPSTREAM = /litellm\.\w+: .*/;

const isFailureOfTheProvider = ({ status, type, message }: Probe) =>
  status !== 200 &&
  !isAboutTheCredential(message) &&
  // A provider's rate limit has the type that the key's own has.
  (UPSTREAM.test(message) ? !isAboutTheKey(type) || type === 'throttling_error' : isCooldown(type));

function diagnose(doctor: DoctorContext, probe: Probe): Diagnosis {
  const { cause, fix } = FAILURES.find(({ pattern }) => pattern.test(probe.message)) as Failure;
  return { cause: cause(probe), evidence: [probeEvidence(probe)], fix: fix(probe, doctor) };
}
