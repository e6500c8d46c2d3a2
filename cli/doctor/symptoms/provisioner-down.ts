import type { DoctorContext } from '../doctor-context';
import type { WorkloadState } from '../runtime';
import { DEPLOY, type Diagnosis, found, notFound, type Symptom, step } from '../symptom';

/** Workspaces start without a key because the key-provisioner does not answer. */
export const provisionerDown: Symptom = {
  id: 'provisioner-down',
  title: 'workspaces get no key: the key-provisioner does not answer',
  detection: "GATEWAY_PROVISIONER_URL does not answer; the container's state and log say why",
  causes: [
    'it is stopped',
    'a secret or gateway.json is wrong, so that it does not start',
    'GATEWAY_PROVISIONER_URL is wrong',
  ],
  detect: async (doctor) => {
    const health = await doctor.provisionerHealth();
    if (health.reachable) return notFound;
    const state = await doctor.state('key-provisioner');
    const name = doctor.workloadName('key-provisioner');
    const startError = /cannot start:\n([\s\S]*)/
      .exec(await doctor.log('key-provisioner'))?.[1]
      ?.split('\n')[0]
      ?.trim();
    return found({
      ...explain(doctor, state, startError),
      evidence: [health.error, ...(state ? [`${name}: ${state.status}, exit code ${state.exitCode}`] : [])],
      explains: ['provisioner-cut-off'],
    });
  },
};

function explain(
  { runtime: { commands }, workloadName }: DoctorContext,
  state: WorkloadState | undefined,
  startError: string | undefined,
): Pick<Diagnosis, 'cause' | 'fix'> {
  const name = workloadName('key-provisioner');
  if (startError)
    return {
      cause: `the key-provisioner does not start: ${startError}`,
      fix: [step('Correct that in secrets.tfvars or gateway.yaml and deploy:', DEPLOY)],
    };
  if (!state)
    return {
      cause: 'no key-provisioner was found',
      fix: [step('Deploy it:', DEPLOY), step('If it runs elsewhere, set GATEWAY_PROVISIONER_URL to its address.')],
    };
  if (state.phase === 'stopped')
    return { cause: 'the key-provisioner is stopped', fix: [step('Start it:', commands.start(name))] };
  return {
    cause:
      state.phase === 'restarting'
        ? `the key-provisioner ends after each start (exit code ${state.exitCode})`
        : 'the key-provisioner is running and does not answer on its port',
    fix: [step('Its log says why:', commands.log(name)), step('Restart it:', commands.restart(name))],
  };
}
