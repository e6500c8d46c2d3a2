import { DATABASE_NAME, DATABASE_ROLE } from '../../../workloads/postgres';
import type { DoctorContext } from '../doctor-context';
import { lastLine, lastLines } from '../log-lines';
import { DEPLOY, found, notFound, type Step, type Symptom, step } from '../symptom';

const LOST =
  /Can't reach database server|P1001|P1000|All connection attempts failed|connection refused.*5432|could not connect to server/i;

/** The line that names a refused password; it need not be the last one about the lost connection. */
const REFUSED = /P1000|password authentication failed|AuthenticationFailed|28P01/i;

const REJECTED = /FATAL: {1,2}password authentication failed/;

/** Nothing can be issued or checked because PostgreSQL does not answer. */
export const databaseDown: Symptom = {
  id: 'database-down',
  title: 'the gateway is unhealthy: no keys are issued, requests fail with 503 or 500',
  detection:
    "the gateway's readiness (it lags up to 17 s behind), its log, the state of the PostgreSQL container and its log",
  causes: ['PostgreSQL is stopped', 'its password was changed after the database was created', 'it is still starting'],
  detect: async (doctor) => {
    const health = await doctor.gatewayHealth();
    const state = await doctor.state('postgres');
    const stopped = state?.phase === 'stopped';
    const start = health.reachable ? '' : failedStart(await doctor.log('litellm'));
    // PostgreSQL says it in its own words, whatever becomes of them on the way through the gateway's libraries.
    const rejected = health.reachable ? undefined : lastLine(await sinceTheGatewayTries(doctor), REJECTED);
    const refused = lastLine(start, REFUSED) ?? rejected;
    const line = refused ?? lastLine(start, LOST);
    const disconnected = health.reachable && health.database !== 'connected' && health.database !== 'unknown';
    if (!stopped && !disconnected && !line) return notFound;
    const name = doctor.workloadName('postgres');
    return found({
      cause: stopped
        ? `PostgreSQL is stopped (${state.status}, exit code ${state.exitCode})`
        : refused
          ? 'PostgreSQL refuses the password'
          : 'PostgreSQL does not answer the gateway',
      evidence: [
        ...(disconnected ? [`GET /health/readiness: ${health.status}, database ${health.database}`] : []),
        ...(health.reachable ? [] : [health.error]),
        ...(line ? [`${line === rejected ? 'postgres' : 'litellm'}.log: ${line}`] : []),
        ...(state ? [`${name}: ${state.status}, health ${state.health}`] : []),
      ],
      fix: refused ? passwordFix(doctor) : startFix(doctor, state !== undefined),
      explains: ['gateway-down', 'provisioner-cut-off', 'workspace-cut-off'],
    });
  },
};

function passwordFix({ runtime, workloadName }: DoctorContext): Step[] {
  const setPassword = `psql --username ${DATABASE_ROLE} --dbname ${DATABASE_NAME} --command '\\password'`;
  return [
    step(
      'The volume keeps the password it was created with: put that one back into secrets.tfvars and deploy:',
      DEPLOY,
    ),
    step(
      'If it is lost, give PostgreSQL the present one; this command asks for it:',
      runtime.commands.execInteractively(workloadName('postgres'), setPassword),
    ),
  ];
}

function startFix({ runtime, workloadName }: DoctorContext, exists: boolean): Step[] {
  const name = workloadName('postgres');
  return [
    exists ? step('Start it:', runtime.commands.start(name)) : step('Deploy it:', DEPLOY),
    step('If it stops again, its log says why:', runtime.commands.log(name)),
  ];
}

/** What PostgreSQL printed since the gateway was started; where that restarts again and again, in the last minutes. */
async function sinceTheGatewayTries(doctor: DoctorContext): Promise<string> {
  const gateway = await doctor.state('litellm');
  return doctor.recentLog('postgres', gateway?.restarts === 0 ? gateway.startedAt : undefined);
}

const LAST_LINES = 60;

/** The end of a log whose writer could not start; of one that ran and was stopped, nothing. */
function failedStart(log: string): string {
  const end = lastLines(log, LAST_LINES);
  return /Application startup failed|DB setup failed|exiting/i.test(end) ? end : '';
}
