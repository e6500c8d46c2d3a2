import { send } from '../support/requests';
import { markedPlaces } from '../support/scripted-anthropic/prompt-cache';
import { type AgentsGateway, startAgentsGateway } from './support/gateway';
import type { Sent } from './support/recorder';
import { Terminal } from './support/terminal';
import type { Workspace } from './support/workspace';

/** What a person sees in the real Claude Code, and what of its requests reaches the provider. */

const TOO_LONG = 'prompt is too long: 212000 tokens > 200000 maximum';
let refusals = 0;
let agents: AgentsGateway;
const workspaces: Workspace[] = [];
let terminal: Terminal | undefined;
beforeAll(async () => {
  agents = await startAgentsGateway({
    caches: true,
    errorReplyTo: (body) =>
      body.includes('the long question') && refusals-- > 0
        ? { status: 400, type: 'invalid_request_error', message: TOO_LONG }
        : undefined,
  });
}, 900_000);
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  agents.sent.length = 0;
  agents.upstream.requests.length = 0;
});
afterAll(async () => {
  await Promise.all(workspaces.map((workspace) => workspace.remove()));
  await agents?.stop();
});

async function workspaceWith(key?: string, options?: { url?: string; model?: string }): Promise<Workspace> {
  const workspace = await agents.newWorkspace(['claude-code'], key, options);
  workspaces.push(workspace);
  return workspace;
}
async function open(key?: string, model?: string): Promise<Terminal> {
  terminal = await Terminal.open(await workspaceWith(key, model === undefined ? {} : { model }), agents.wrapped);
  return terminal;
}
const turns = () => agents.sent.filter(({ url }) => /^\/v1\/messages(\?|$)/.test(url));

test.each([
  [16, /You've used 80% of your usage credits · resets/],
  [19.2, /You've used 96% of your usage credits · resets/],
])('after $%d of $20 it warns, and /usage shows dollars', async (spend, warning) => {
  const claude = await open(await agents.newKey({ max_budget: 20, spend }));
  await claude.enter('Say hello');
  await claude.shows(/hello from/);
  await claude.shows(warning);
  await claude.enter('/usage');
  await claude.shows(new RegExp(`\\$${Math.floor(spend)}\\.\\d\\d / \\$20\\.00 spent this month`));
});

test('a spent budget: our own sentence, and one request', async () => {
  const claude = await open(await agents.newKey({ max_budget: 20, spend: 20 }));
  await claude.enter('Say hello');
  await claude.shows(/the budget of this key, \$20\.00, is used up/);
  expect(turns()).toHaveLength(1);
});

test.each([
  ['blocked', {}, /this key is blocked/],
  ['ended', { duration: '1s' }, /this key has expired; start the workspace again/],
])('a key that is %s: our own sentence, and one request', async (what, limits, sentence) => {
  const key = await agents.newKey(limits);
  if (what === 'blocked') await send('POST', `${agents.gateway.url}/key/block`, agents.gateway.masterKey, { key });
  else await new Promise((resolve) => setTimeout(resolve, 2000));
  const claude = await open(key);
  await claude.enter('Say hello');
  await claude.shows(sentence);
  expect(turns()).toHaveLength(1);
});

test('a prompt that is too long is compacted, and asked again', async () => {
  const claude = await open();
  for (const question of ['the first question', 'the second question']) {
    await claude.enter(question);
    await claude.shows(new RegExp(`${question}[\\s\\S]*hello from`));
  }
  refusals = 1;
  await claude.enter('the long question');
  await claude.shows(/the long question[\s\S]*hello from/);
  const answers = agents.upstream.requests.map(({ answer }) => answer);
  const compaction = agents.upstream.requests[answers.indexOf(`400 ${TOO_LONG}`) + 1];
  expect(JSON.stringify(compaction?.body.messages?.at(-1))).toMatch(/provide your summary based on the conversation/);
  expect(answers.at(-1)).toBe('200 end_turn');
});

test('fields and betas of its requests, auto mode’s too, reach the provider unchanged', async () => {
  // Claude Code has auto mode for newer models only.
  const model = 'claude-sonnet-5-5';
  const claude = await open(await agents.newKey({ models: [model, 'claude-haiku-4-5'] }), model);
  await claude.enter('Say hello');
  await claude.shows(/hello from/);
  const sent = turns();
  expect(JSON.parse(sent[0]!.body)).toHaveProperty('safeguards');
  expect(sent.map(fieldsSent)).toEqual(
    agents.upstream.requests.map(({ body, headers }) => ({
      fields: { ...body, model: undefined },
      betas: betas(String(headers['anthropic-beta'])),
    })),
  );
});

const betas = (header = '') => header.split(',').filter(Boolean).sort();
function fieldsSent({ body, rawHeaders }: Sent) {
  const at = rawHeaders.findIndex((name) => name.toLowerCase() === 'anthropic-beta');
  return { fields: { ...JSON.parse(body), model: undefined }, betas: betas(rawHeaders[at + 1]) };
}

test('ten turns read as much from the prompt cache through the gateway as directly, by the same marks', async () => {
  const session = async (url?: string) => {
    // The same words in both: paths of the same length are in the prompts.
    const workspace = await workspaceWith(undefined, url === undefined ? {} : { url });
    agents.upstream.requests.length = 0;
    for (let turn = 0; turn < 10; turn += 1) {
      const args = ['-p', ...(turn === 0 ? [] : ['--continue']), `question ${turn}`];
      expect(await workspace.run('claude', args, agents.wrapped)).toMatchObject({ code: 0 });
    }
    return agents.upstream.requests.map(({ body, usage }) => ({ marks: markedPlaces(body), usage }));
  };
  const direct = await session(agents.upstream.url);
  expect(direct.slice(1).every(({ usage }) => Number(usage?.['cache_read_input_tokens']) > 1000)).toBe(true);
  expect(await session()).toEqual(direct);
});
