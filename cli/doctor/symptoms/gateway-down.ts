import type { DoctorContext } from '../doctor-context';
import { describeState, type WorkloadState } from '../runtime';
import { DEPLOY, type Diagnosis, found, notFound, type Symptom, step } from '../symptom';

/** Nothing answers at the gateway's address, and no other symptom explains it. */
export const gatewayDown: Symptom = {
  id: 'gateway-down',
  title: "nothing answers at the gateway's address",
  detection: "GATEWAY_URL, or the edge in LiteLLM's place, does not answer; the containers' states say why",
  causes: [
    'it was not deployed',
    'it is stopped',
    'it is still starting: the first start takes up to two minutes',
    'GATEWAY_URL is wrong',
  ],
  detect: async (doctor) => {
    const health = await doctor.gatewayHealth();
    if (health.reachable) return notFound;
    const litellm = await doctor.state('litellm');
    const edge = await doctor.state('edge');
    // Where LiteLLM runs, it is the edge in front of it that does not answer.
    const edgeIsDown = litellm !== undefined && litellm.phase !== 'stopped' && edge?.phase === 'stopped';
    const state = edgeIsDown ? edge : litellm;
    const role = edgeIsDown ? 'edge' : 'litellm';
    const name = doctor.workloadName(role);
    const runtimeError = await doctor.runtimeError();
    const { cause, fix, evidence = [] } = state ? await explain(doctor, role, state) : MISSING;
    return found({
      cause,
      evidence: [
        health.error,
        state
          ? `${name}: ${describeState(state)}`
          : runtimeError
            ? `${doctor.runtime.name} does not answer: ${runtimeError}`
            : `there is no ${name} in ${doctor.runtime.name}, or GATEWAY_URL is not its port`,
        ...evidence,
      ],
      fix,
      explains: ['provisioner-cut-off', 'workspace-cut-off'],
    });
  },
};

type Explanation = Pick<Diagnosis, 'cause' | 'fix'> & Partial<Pick<Diagnosis, 'evidence'>>;

const MISSING: Explanation = {
  cause: 'no gateway was found',
  fix: [step('Deploy it:', DEPLOY), step('If it runs elsewhere, set GATEWAY_URL to its address.')],
};

async function explain(
  doctor: DoctorContext,
  role: 'litellm' | 'edge',
  { phase, health, exitCode }: WorkloadState,
): Promise<Explanation> {
  const { commands } = doctor.runtime;
  const name = doctor.workloadName(role);
  if (phase === 'restarting') {
    const lastWords = (await doctor.log(role)).trimEnd().split('\n').at(-1)?.trim().slice(0, 200);
    return {
      cause: `the gateway ends after each start (exit code ${exitCode})`,
      evidence: lastWords ? [`${role}.log: ${lastWords}`] : [],
      fix: [step('Its log says why:', commands.log(name))],
    };
  }
  if (phase === 'stopped')
    return {
      cause: `the gateway is stopped (exit code ${exitCode})`,
      fix: [step('Start it:', commands.start(name)), step('If it stops again, its log says why:', commands.log(name))],
    };
  if (health === 'starting')
    return {
      cause: 'the gateway is still starting',
      fix: [
        step('Wait; the first start takes up to two minutes. Its log shows the progress:', commands.followLog(name)),
      ],
    };
  return {
    cause: 'the gateway is running and does not answer on its port',
    fix: [step('Restart it:', commands.restart(doctor.workloadName('edge'), name))],
  };
}
