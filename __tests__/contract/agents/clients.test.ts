import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../../../images/key-provisioner/src/configuration';
import { sendCommand } from '../support/harness';
import { chat } from '../support/requests';
import { type AgentsGateway, costOf, expectSpend, startAgentsGateway } from './support/gateway';
import type { Workspace } from './support/workspace';

/** The real clients with the shipped files, through the real LiteLLM. */

const clients = [
  { agent: 'opencode', client: 'opencode', tools: true },
  { agent: 'claude-code', client: 'claude', tools: true },
  { agent: 'codex', client: 'codex', tools: true },
  { agent: 'cline', client: 'cline', tools: true },
  { agent: 'kilo-code', client: 'kilo', tools: true },
  { agent: 'copilot', client: 'copilot', tools: true },
  { agent: 'aider', client: 'aider', tools: false },
] as const satisfies { agent: Agent; client: string; tools: boolean }[];

const TASK = 'Write hello to hello.txt';

let agents: AgentsGateway;
const workspaces: Workspace[] = [];
beforeAll(async () => {
  agents = await startAgentsGateway();
}, 900_000);
afterAll(async () => {
  await Promise.all(workspaces.map((workspace) => workspace.remove()));
  await agents?.stop();
});

async function workspaceOf(agent: Agent, key?: string) {
  const workspace = await agents.newWorkspace([agent], key);
  workspaces.push(workspace);
  return workspace;
}

describe.each(clients)('$agent', ({ agent, client, tools }) => {
  test('does a task, streamed, and the spend on the key is right to the last digit', async () => {
    agents.upstream.requests.length = 0;
    const workspace = await workspaceOf(agent);
    const { code, output } = await agents.ask[client](workspace, TASK);

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(readFileSync(join(workspace.repository, 'hello.txt'), 'utf8').trim()).toBe('hello');
    const requests = [...agents.upstream.requests];
    if (tools) expect(requests.map(({ answer }) => answer)).toContain('200 tool_use');
    expect(requests.filter(({ body }) => body.stream).length).toBeGreaterThan(0);
    expect(requests.every(({ body }) => (body.max_tokens ?? 0) <= 32_000)).toBe(true);
    // The provider sees its own key and neither the workspace's nor anything that names the client's machine.
    expect(JSON.stringify(requests.map(({ headers }) => headers))).not.toContain(workspace.key);
    await expectSpend(agents, workspace.key, costOf(requests));
  });

  test('shows why a key without budget gets no answer, and ends', async () => {
    const key = await agents.newKey({ max_budget: 0.000001 });
    await chat(agents.gateway.url, key, 'claude-haiku-4-5');
    const workspace = await workspaceOf(agent, key);
    const { code, output } = await agents.ask[client](workspace, TASK);
    expect(code).not.toBeNull();
    if (agent === 'aider') expect(existsSync(join(workspace.repository, 'hello.txt'))).toBe(false);
    else expect({ code, output: output.toLowerCase() }).toEqual({ code: 1, output: expect.stringContaining('budget') });
    expect(output).not.toContain(key);
  });

  test('shows that a revoked key is not accepted, and ends', async () => {
    const workspace = await workspaceOf(agent, `sk-${'unknown'.repeat(5)}`);
    const { code, output } = await agents.ask[client](workspace, TASK);
    expect({ code, output }).toEqual({
      code: agent === 'aider' ? 0 : 1,
      output: expect.stringMatching(/401|auth|token|invalid/i),
    });
    expect(output).not.toContain(workspace.key);
  });
});

describe('shows our own sentence and gives up soon', () => {
  const asked = () => agents.sent.filter(({ method }) => method === 'POST');
  const SPENT = [
    'a key whose budget is spent',
    { max_budget: 0.000001 },
    /budget of this key, \$0\.000001, is used up/,
  ] as const;
  const ENDED = [
    'a key that has ended',
    { duration: '1s' },
    /this key has expired; start the workspace again/,
  ] as const;
  const CASES = [
    ['claude-code', 'claude', 1, ...SPENT],
    ['claude-code', 'claude', 1, ...ENDED],
    ['cline', 'cline', 1, ...SPENT],
    ['cline', 'cline', 1, ...ENDED],
    ['kilo-code', 'kilo', 2, ...SPENT],
    ['kilo-code', 'kilo', 2, ...ENDED],
    ['copilot', 'copilot', 1, ...SPENT],
    // Copilot CLI has words of its own for every 401.
    ['copilot', 'copilot', 1, ENDED[0], ENDED[1], /Authentication failed with provider .* \(HTTP 401\)/],
  ] as const;

  test.each(CASES)('%s (%s, at most %i requests): %s', async (agent, client, atMost, _name, limits, sentence) => {
    const key = await agents.newKey(limits);
    await chat(agents.gateway.url, key, 'claude-haiku-4-5');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const workspace = await workspaceOf(agent, key);
    const before = asked().length;
    const { code, output } = await agents.ask[client](workspace, TASK);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(sentence) });
    expect(asked().length - before).toBeLessThanOrEqual(atMost);
  });
});

describe('while the gateway is down', () => {
  const workspaceFor = new Map<Agent, Workspace>();
  beforeAll(async () => {
    for (const { agent } of clients) workspaceFor.set(agent, await workspaceOf(agent));
    await agents.gateway.edge.stop();
    await agents.gateway.litellm.stop();
  });
  afterAll(async () => {
    await agents.gateway.litellm.start();
    await agents.gateway.edge.start();
  });

  test.each(clients)('$agent ends by itself', async ({ agent, client }) => {
    const { code, output } = await agents.ask[client](workspaceFor.get(agent)!, TASK);
    expect({ code, output }).toEqual({ code: agent === 'aider' ? 0 : 1, output: expect.any(String) });
  });
});

test('whatever the clients sent passes the request filter unchanged, and has a length', async () => {
  const paths = new Set(agents.sent.map(({ url }) => url.split('?')[0]));
  expect([...paths]).toEqual(expect.arrayContaining(['/v1/chat/completions', '/v1/messages', '/v1/responses']));
  const { python } = await sendCommand<{ python: string }>('POST', '/databases');
  const { stdout, stderr } = spawnSync(python, [join(__dirname, 'support/what_passes.py'), agents.gateway.directory], {
    input: JSON.stringify(agents.sent),
    encoding: 'utf8',
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  });
  expect(stderr).not.toContain('Traceback');
  const taken = JSON.parse(stdout) as { url: string; fields: string[]; query: boolean; headers: string[] }[];
  expect(taken.filter(({ fields, query }) => fields.length > 0 || query)).toEqual([]);
  // The filter writes the body's headers anew, and the rest is for one connection only.
  const ofConnection = ['connection', 'content-length', 'content-type', 'sec-fetch-mode'];
  // Kilo Code and Copilot CLI name themselves to a vendor's own servers; nobody behind the gateway is told.
  const attribution = ['http-referer', 'x-title', 'x-interaction-type', 'x-initiator'];
  const headers = new Set(taken.flatMap(({ headers }) => headers.map((name) => name.toLowerCase())));
  expect([...headers].filter((name) => ![...ofConnection, ...attribution].includes(name))).toEqual([]);
});
