import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { z } from 'zod';
import { workspaceToken } from '../images/key-provisioner/src/identity/workspace-token';
import type { DemoInfo } from './demo';

const WORKSPACE = { workspace_id: 'demo-workspace', owner_id: 'demo-owner', username: 'ada', workspace_name: 'first' };
const FORGED = { ...WORKSPACE, workspace_id: 'somebody-elses-workspace' };
const SPEND_TIMEOUT_S = 30;

const keySchema = z.object({
  key: z.string(),
  name: z.string(),
  reused: z.boolean(),
  max_budget: z.number(),
  budget_duration: z.string(),
  rpm_limit: z.number(),
  models: z.array(z.string()),
});
type Key = z.infer<typeof keySchema>;
const infoSchema = z.object({ spend: z.number(), max_budget: z.number(), budget_reset_at: z.string().nullable() });
const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});
const refusalSchema = z.object({ error: z.object({ type: z.string(), message: z.string() }) });

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface StoryOptions {
  readonly info: DemoInfo;
  readonly model: string;
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the platform does for a workspace, live: each line is a request that was just made. Returns the workspace's key. */
export async function tellStory({ info, model, print, signal }: StoryOptions): Promise<string> {
  const { gatewayUrl, provisionerUrl, adminToken, workspaceIdentitySecret } = info;
  const call = (method: string, url: string, credential: string, body?: unknown) =>
    send(method, url, credential, body, signal);
  const provision = (identity: typeof WORKSPACE) =>
    call(
      'POST',
      `${provisionerUrl}/api/v1/keys/workspace`,
      workspaceToken(workspaceIdentitySecret, WORKSPACE),
      identity,
    );
  // Short: LiteLLM sets aside what the longest answer may cost, and names that sum where it refuses the next request.
  const question = { model, max_tokens: 32, messages: [{ role: 'user', content: 'Hello' }] };
  const ask = (key: string) => call('POST', `${gatewayUrl}/v1/chat/completions`, key, question);
  const serviceKey = async (subject: string, limits: object): Promise<Key> =>
    keySchema.parse(
      (await call('POST', `${provisionerUrl}/api/v1/admin/keys`, adminToken, { scope: 'ci', subject, ...limits })).body,
    );
  const say = (title: string, ...lines: string[]) =>
    print([pc.bold(title), ...lines.map((line) => `  ${line}`), ''].join('\n'));

  const key = keySchema.parse((await provision(WORKSPACE)).body);
  say(
    'A workspace starts and asks for its key.',
    `${masked(key.key)} (${key.name}): $${key.max_budget} per ${key.budget_duration}, ${key.rpm_limit} requests a minute,`,
    `${key.models.length} models`,
  );

  const first = await ask(key.key);
  const cost = Number(first.headers.get('x-litellm-response-cost') ?? 0);
  say(`It asks ${model} something.`, pc.green(completionText(first)), `cost: ${usd(cost)}`);

  const again = keySchema.parse((await provision(WORKSPACE)).body);
  const same = again.key === key.key && again.reused;
  say('It starts a second time.', same ? 'the same key, and what it spent still counts' : 'unexpected: another key');

  const forged = await provision(FORGED);
  say(
    'Another workspace asks with its token.',
    `refused: ${forged.status} ${z.object({ detail: z.string() }).safeParse(forged.body).data?.detail ?? ''}`,
  );

  const rateLimited = await serviceKey('demo/two-a-minute', { rpm_limit: 2 });
  const { attempts: rateAttempts, refusal: rateRefusal } = await untilRefused(() => ask(rateLimited.key));
  say('A CI job may ask twice a minute.', `request ${rateAttempts}: ${rateRefusal}`);

  const budgeted = await serviceKey('demo/small-budget', { max_budget: cost > 0 ? cost * 1.5 : 0.000_1 });
  const { attempts: budgetAttempts, refusal: budgetRefusal } = await untilRefused(async () => {
    // LiteLLM settles what an answer had set aside of the budget a moment after it.
    await sleep(1000, undefined, { signal });
    return ask(budgeted.key);
  });
  say("Another's budget is a little more than one request costs.", `request ${budgetAttempts}: ${budgetRefusal}`);

  const { spend, max_budget, budget_reset_at } = await spendOf(provisionerUrl, key.key, signal);
  say(
    'What has the workspace spent?',
    `${usd(spend)} of $${max_budget}${budget_reset_at ? `; at zero again on ${budget_reset_at.slice(0, 10)}` : ''}`,
    pc.dim('(LiteLLM writes spend down every ten seconds; limits are enforced at once)'),
  );
  return key.key;
}

async function untilRefused(ask: () => Promise<Answer>): Promise<{ attempts: number; refusal: string }> {
  for (let attempts = 1; attempts <= 5; attempts++) {
    const { status, body } = await ask();
    if (status === 200) continue;
    const { data } = refusalSchema.safeParse(body);
    return { attempts, refusal: `${status} ${data?.error.type ?? ''}: ${readable(data?.error.message ?? '')}` };
  }
  return { attempts: 5, refusal: 'unexpected: not refused' };
}

async function spendOf(provisionerUrl: string, key: string, signal: AbortSignal) {
  const deadline = Date.now() + SPEND_TIMEOUT_S * 1000;
  for (;;) {
    const { body } = await send('GET', `${provisionerUrl}/api/v1/keys/info`, key, undefined, signal);
    const info = infoSchema.parse(body);
    if (info.spend > 0 || Date.now() > deadline) return info;
    await sleep(500, undefined, { signal });
  }
}

async function send(
  method: string,
  url: string,
  credential: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    signal,
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json().catch(() => undefined), headers: response.headers };
}

function completionText({ status, body }: Answer): string {
  const { data } = completionSchema.safeParse(body);
  return data?.choices[0]?.message.content ?? `unexpected: ${status} ${JSON.stringify(body).slice(0, 300)}`;
}

/** LiteLLM's first line, without the rest of a key's hash and of a sum's decimals. */
const readable = (message: string) =>
  (message.split('\n')[0] ?? '')
    .replace(/\b[0-9a-f]{64}\b/g, (hash) => `${hash.slice(0, 8)}…`)
    .replace(/\b0\.\d{7,}\b/g, (amount) => Number(amount).toFixed(6));
const masked = (key: string) => `${key.slice(0, 5)}…${key.slice(-4)}`;
const usd = (amount: number) => `$${amount >= 0.01 ? amount.toFixed(2) : amount.toFixed(6)}`;
