import { setTimeout as sleep } from 'node:timers/promises';
import { workspaceToken } from '../../images/key-provisioner/src/identity/workspace-token';
import { type Books, readBooks, spentIn } from './books';
import type { Deployment } from './deployment';
import { completion, must } from './requests';

/** The workspace whose key is in a filled database. */
export const WORKSPACE = {
  workspace_id: '00000000-0000-4000-8000-000000000001',
  owner_id: '00000000-0000-4000-8000-00000000000a',
  username: 'ada',
  workspace_name: 'dev',
} as const;

/** What each key of a filled database is answered on a completion, by its name. */
export const EXPECTED: Readonly<Record<string, number>> = {
  workspace: 200,
  ci: 200,
  person: 200,
  team: 200,
  revoked: 401,
  exhausted: 422,
  deleted: 401,
};

const SPEND_TIMEOUT_MS = 120_000;

/** Fills a deployment's database as people would: keys of every kind, limits, blocks, a team, and spend. Returns the keys by name. */
export async function fill({ url, provisionerUrl, secrets }: Deployment, databaseUrl: string) {
  const master = secrets.litellm_master_key;
  const admin = (method: string, path: string, body?: unknown) =>
    must(method, `${provisionerUrl}/api/v1/admin${path}`, secrets.provisioner_admin_token, body);
  const create = async (body: object) => String((await admin('POST', '/keys', body))['key']);
  const token = workspaceToken(secrets.workspace_identity_secret, WORKSPACE);
  const started = await must('POST', `${provisionerUrl}/api/v1/keys/workspace`, token, WORKSPACE);
  const team = await must('POST', `${url}/team/new`, master, {
    ...{ team_id: 'team-one', team_alias: 'one', max_budget: 100, budget_duration: '30d' },
    models: ['claude-haiku-4-5'],
  });
  const ofTeam = await must('POST', `${url}/key/generate`, master, {
    ...{ key_alias: 'of-a-team', team_id: team['team_id'], max_budget: 5, rpm_limit: 50, models: ['claude-haiku-4-5'] },
  });
  const keys = {
    workspace: String(started['key']),
    ci: await create({ scope: 'ci', subject: 'repository', max_budget: 3 }),
    person: await create({ scope: 'user', subject: 'grace', username: 'grace' }),
    team: String(ofTeam['key']),
    revoked: await create({ scope: 'agent:review' }),
    exhausted: await create({ scope: 'ci', subject: 'spent', max_budget: 0.0001 }),
    deleted: await create({ scope: 'ci', subject: 'gone' }),
  };
  let requests = 0;
  for (const [name, key] of Object.entries(keys)) {
    for (let time = 0; time < 3; time += 1) if ((await completion(url, key)) === 200) requests += 1;
    if (name === 'workspace' && (await completion(url, key, 'claude-opus-5-5')) === 200) requests += 1;
  }
  await spendWritten(databaseUrl, requests);
  await admin('POST', '/keys/agent-review/revoke');
  await must('POST', `${url}/key/delete`, master, { keys: [keys.deleted] });
  return keys;
}

const NOTHING: Pick<Books, 'keys' | 'logs'> = { keys: [], logs: [] };

/**
 * Waits until LiteLLM, which writes in batches, has written the spend of so many requests, on keys as in the logs.
 *
 * @param since - what was there before them
 * @throws Error where it never does
 */
export async function spendWritten(databaseUrl: string, requests: number, since = NOTHING): Promise<void> {
  const answered = ({ logs }: Pick<Books, 'logs'>) => logs.filter(({ status }) => status !== 'failure').length;
  const before = spentIn(since);
  for (const deadline = Date.now() + SPEND_TIMEOUT_MS; ; await sleep(500)) {
    const books = await readBooks(databaseUrl);
    const now = spentIn(books);
    const [written, byKeys, byLogs] = [
      answered(books) - answered(since),
      now.byKeys - before.byKeys,
      now.byLogs - before.byLogs,
    ];
    if (written >= requests && byLogs > 0 && Math.abs(byKeys - byLogs) < 1e-9) return;
    if (Date.now() > deadline) {
      throw new Error(`of ${requests} requests ${written} were written; keys count ${byKeys} dollars, logs ${byLogs}`);
    }
  }
}
