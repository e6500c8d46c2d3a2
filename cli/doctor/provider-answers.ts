import type { Examination } from './examination';
import type { Probe } from './probe';
import { type NotExamined, notExamined } from './symptom';

/** How the providers answered, or why nobody could ask them. */
export async function providerAnswers(examination: Examination): Promise<readonly Probe[] | NotExamined> {
  if (!examination.options.mayAsk) return notExamined('no model may be asked (--free)');
  const probes = await examination.probes();
  return probes.length > 0
    ? probes
    : notExamined('no key to ask the models with (GATEWAY_API_KEY, or the admin credential)');
}
