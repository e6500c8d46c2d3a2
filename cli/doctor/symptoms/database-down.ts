import { DATABASE_NAME, DATABASE_ROLE } from '../../../workloads/postgres';
import type { Examination } from '../examination';
import type { Diagnosis, Symptom } from '../symptom';

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
  causes: ['PostgreSQL is stopped', 'its password was changed after the database was made', 'it is still starting'],
  detect: async (examination): Promise<Diagnosis[]> => {
    const health = await examination.health();
    const container = await examination.container('postgres');
    const stopped = container !== undefined && !container.State.Running;
    const start = health.reachable ? '' : failedStart(await examination.log('litellm'));
    // PostgreSQL says it in its own words, whatever becomes of them on the way through the gateway's libraries.
    const rejected = health.reachable ? undefined : lastLine(await sinceTheGatewayTries(examination), REJECTED);
    const refused = lastLine(start, REFUSED) ?? rejected;
    const said = refused ?? lastLine(start, LOST);
    const disconnected = health.reachable && health.database !== 'connected' && health.database !== 'unknown';
    if (!stopped && !disconnected && !said) return [];
    const name = examination.containerName('postgres');
    return [
      {
        cause: stopped
          ? `PostgreSQL is stopped (${container.State.Status}, exit code ${container.State.ExitCode})`
          : refused
            ? 'PostgreSQL refuses the password'
            : 'PostgreSQL does not answer the gateway',
        evidence: [
          ...(disconnected ? [`GET /health/readiness: ${health.status}, database ${health.database}`] : []),
          ...(health.reachable ? [] : [health.trouble]),
          ...(said ? [`${said === rejected ? 'postgres' : 'litellm'}.log: ${said}`] : []),
          ...(container
            ? [`${name}: ${container.State.Status}, health ${container.State.Health?.Status ?? 'unknown'}`]
            : []),
        ],
        fix: refused
          ? [
              '# the volume keeps the password it was made with; put that one back into secrets.tfvars, then',
              'make plan && make deploy',
              '# or, where it is lost, tell PostgreSQL the present one, which is asked for:',
              `docker exec -it ${name} psql --username ${DATABASE_ROLE} --dbname ${DATABASE_NAME} --command '\\password'`,
            ]
          : [
              container ? `docker start ${name}` : 'make plan && make deploy',
              `docker logs --tail 50 ${name}   # if it stops again`,
            ],
        explains: ['gateway-down', 'provisioner-cut-off', 'workspace-cut-off'],
      },
    ];
  },
};

/** What PostgreSQL wrote since the gateway was started; where that restarts again and again, in the last minutes. */
async function sinceTheGatewayTries(examination: Examination): Promise<string> {
  const gateway = await examination.container('litellm');
  return examination.recentLog('postgres', gateway?.RestartCount === 0 ? gateway.State.StartedAt : undefined);
}

/** The end of a log whose writer could not start; of one that ran and was stopped, nothing. */
function failedStart(log: string): string {
  const end = log.trimEnd().split('\n').slice(-60);
  return end.some((line) => /Application startup failed|DB setup failed|exiting/i.test(line)) ? end.join('\n') : '';
}

/** The last line of a log that matches, shortened. */
export function lastLine(log: string, pattern: RegExp): string | undefined {
  return log
    .split('\n')
    .findLast((line) => pattern.test(line))
    ?.trim()
    .slice(0, 200);
}
