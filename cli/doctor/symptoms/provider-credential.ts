import { PROVIDER_CREDENTIALS } from '../../../settings/credentials';
import type { DoctorContext } from '../doctor-context';
import { isAboutTheCredential, isAboutTheKey, type Probe } from '../probe';
import { probeEvidence, providerAnswers } from '../provider-answers';
import { DEPLOY, type Diagnosis, foundIf, type Symptom, step } from '../symptom';

/** Requests fail with 401 although the key is good: the gateway's credential for the provider is empty or wrong. */
export const providerCredential: Symptom = {
  id: 'provider-credential',
  title: 'requests fail with 401 although the key is good',
  detection: "a small request to the cheapest model of each provider, and the provider's answer to it",
  causes: ["the provider's credential is empty", 'it is wrong, revoked, or of another account'],
  detect: async (doctor) => {
    const probes = await providerAnswers(doctor);
    if ('reason' in probes) return probes;
    const refused = probes.filter(
      ({ status, type, message }) => status !== 200 && !isAboutTheKey(type) && isAboutTheCredential(message),
    );
    return foundIf(await Promise.all(refused.map((probe) => diagnose(doctor, probe))));
  },
};

async function diagnose(doctor: DoctorContext, probe: Probe): Promise<Diagnosis> {
  const { provider, message } = probe;
  const needed =
    PROVIDER_CREDENTIALS[provider as keyof typeof PROVIDER_CREDENTIALS]?.filter(({ required }) => required) ?? [];
  const environment = (await doctor.state('litellm'))?.environment;
  const empty = needed.filter((credential) => environment && !environment.get(credential.environment));
  const missing = empty.length > 0 || /Missing|Unable to locate|must be set|header is required/i.test(message);
  const names = needed.map(({ secret }) => secret).join(', ');
  return {
    cause: missing
      ? `the credential of ${provider} is empty (${names})`
      : `${provider} does not accept its credential (${names})`,
    evidence: [
      probeEvidence(probe),
      ...empty.map((credential) => `${doctor.workloadName('litellm')} runs with an empty ${credential.environment}`),
    ],
    fix: [
      step(`Set ${names} in secrets.tfvars and deploy:`, DEPLOY),
      step(`Or leave ${provider} out, with providers.${provider}.credentials: off in gateway.yaml.`),
    ],
  };
}
