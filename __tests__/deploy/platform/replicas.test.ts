import { setTimeout as sleep } from 'node:timers/promises';
import { TestPlatform } from '../support/platform';

jest.setTimeout(20 * 60_000);

/** Two LiteLLM in containers of their own, replaced as `make deploy` does, while somebody works. */

let platform: TestPlatform;
const MODELS = ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'] as const;
const configure = (retention: string) =>
  platform.configure({
    models: { enabled: [...MODELS] },
    litellm: {
      port: Number(new URL(platform.gatewayUrl).port),
      memory_mb: 1536,
      replicas: 2,
      spend_logs_retention: retention,
    },
  });

beforeAll(async () => {
  platform = await TestPlatform.open({}, ['valkey']);
});
afterAll(() => platform?.close());

async function completion(key: string): Promise<string> {
  const answer = await fetch(`${platform.gatewayUrl}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({
      model: 'claude-haiku-4-5',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'hello' }],
    }),
  });
  const text = await answer.text();
  return answer.status === 200 && text.includes('answered by the gateway itself')
    ? 'ok'
    : `${answer.status} ${text.slice(0, 200)}`;
}

test('two LiteLLM, the counters that they share, and the edge become healthy', () => {
  configure('62d');
  platform.deploy();
  const parts = ['postgres', 'valkey', 'litellm', 'litellm-2', 'edge', 'key-provisioner'];
  expect(parts.map((part) => platform.health(part))).toEqual(parts.map(() => 'healthy'));
});

test('a changed configuration replaces one after the other, and no request fails', async () => {
  configure('70d');
  platform.synth();
  const changes = platform.plan();
  expect(changes.get('docker_container.litellm')).toBe('delete,create');
  expect(changes.get('docker_container.litellm_2')).toBe('delete,create');
  let done = false;
  const outcomes: string[] = [];
  const worker = async () => {
    while (!done) {
      outcomes.push(
        await completion(platform.secrets.litellm_master_key).catch((error) => String(error.cause ?? error)),
      );
      await sleep(200);
    }
  };
  const workers = [worker(), worker()];
  await platform.applyInTurn();
  done = true;
  await Promise.all(workers);
  expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(20);
  expect(platform.plan()).toEqual(new Map());
});
