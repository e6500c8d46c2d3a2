import type { DoctorContext } from './doctor-context';
import type { Probe } from './probe';
import { type Skipped, skipped } from './symptom';

/** How the providers answered, or why they could not be asked. */
export async function providerAnswers(doctor: DoctorContext): Promise<readonly Probe[] | Skipped> {
  if (!doctor.props.allowPaidRequests) return skipped('requests to models are switched off (--free)');
  const probes = await doctor.probes();
  return probes.length > 0
    ? probes
    : skipped('there is no key for requests to the models (GATEWAY_API_KEY, or the admin credential)');
}

/** What a provider answered, as evidence. */
export const probeEvidence = ({ model, status, message }: Probe): string =>
  `a request to ${model}: ${status} ${message.replace(/\s+/g, ' ').slice(0, 200)}`;
