import { connected } from './recorded-database';

/** What nobody may lose when LiteLLM is upgraded or goes back: keys with their limits and spend, people, teams, spend logs. */
export interface Books {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  readonly people: readonly Readonly<Record<string, unknown>>[];
  readonly teams: readonly Readonly<Record<string, unknown>>[];
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  readonly daily: readonly Readonly<Record<string, unknown>>[];
}

const LIMITS = 'spend, max_budget, budget_duration, budget_reset_at::text, rpm_limit, tpm_limit, models, metadata';
const QUERIES: Readonly<Record<keyof Books, string>> = {
  keys: `SELECT token, key_alias, user_id, team_id, expires::text, blocked, max_parallel_requests, allowed_routes, ${LIMITS}
    FROM "LiteLLM_VerificationToken" ORDER BY token`,
  people: `SELECT user_id, user_email, ${LIMITS} FROM "LiteLLM_UserTable" ORDER BY user_id`,
  teams: `SELECT team_id, team_alias, blocked, members_with_roles, ${LIMITS} FROM "LiteLLM_TeamTable" ORDER BY team_id`,
  logs: `SELECT request_id, api_key, model, model_group, spend, total_tokens, "startTime"::text, "user", team_id, status
    FROM "LiteLLM_SpendLogs" ORDER BY request_id`,
  daily: `SELECT date, api_key, model, spend, prompt_tokens, completion_tokens, api_requests
    FROM "LiteLLM_DailyUserSpend" ORDER BY date, api_key, model, id`,
};

/** Reads them from LiteLLM's tables, whatever its release. */
export function readBooks(databaseUrl: string): Promise<Books> {
  return connected(databaseUrl, async (client) => {
    const books: Record<string, unknown> = {};
    for (const [name, sql] of Object.entries(QUERIES)) books[name] = (await client.query(sql)).rows;
    return books as unknown as Books;
  });
}

/** What was spent by all keys, in dollars, by their own counters and by the spend logs. */
export function spentIn({ keys, logs }: Pick<Books, 'keys' | 'logs'>): { byKeys: number; byLogs: number } {
  const sum = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    Number(rows.reduce((total, { spend }) => total + Number(spend), 0).toFixed(9));
  return { byKeys: sum(keys), byLogs: sum(logs) };
}
