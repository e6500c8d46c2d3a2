import { describeOlder } from '../../../../cli/review/base/older';
import { compare } from '../../../../cli/review/compare';
import { deploymentSchema } from '../../../../deployment/schema';
import { synthesize, synthesizeOlder, type Variant } from './variant';

// The first review after an upgrade: the base's synth wrote its files and stacks, and no deployment.json.

const base = synthesizeOlder();
const head = synthesize();

/** What is said of a change, apart from what could not be compared. */
function said(variant: Variant): string[] {
  const after = synthesize(variant);
  const [first, ...findings] = compare(describeOlder(base, after.deployment), after).sort(
    (a, b) => Number(b.area === 'base') - Number(a.area === 'base'),
  );
  expect(first?.rule).toBe('base/not-compared');
  return findings.filter(({ severity }) => severity !== 'info').map(({ text }) => text);
}

test('of an older base that deploys the same, nothing is said but what could not be compared', () => {
  const before = describeOlder(base, head.deployment);
  expect(deploymentSchema.safeParse(before.deployment).error).toBeUndefined();
  expect(before.deployment).toEqual(head.deployment);
  const findings = compare(before, head);
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['base/not-compared', 'medium']]);
  expect(findings[0]?.text).toMatch(
    /models, prices, policies.* are compared; environment variables.* are not, so read/,
  );
});

test('prices of models and of long prompts are compared with an older base', () => {
  const texts = said({
    catalog: (models) => {
      const first = (name: string) => models.find((model) => model.name === name)?.deployments[0];
      Object.assign(first('claude-haiku-4-5')?.prices ?? {}, { cacheRead: 10 });
      Object.assign(first('claude-haiku-5-5')?.priceBands?.[0] ?? {}, { input: 50 });
    },
  });
  expect(texts).toEqual([
    expect.stringContaining('`claude-haiku-4-5` costs more, so every budget buys less: cache read $0.1 → $10'),
    expect.stringContaining('`claude-haiku-5-5` costs more for prompts of more than 100,000 tokens'),
  ]);
});

test('models, policies, images, ports, the way out and what destroy deletes are compared with an older base', () => {
  const texts = said({
    settings: (yaml) =>
      `${yaml
        .replace('max_budget: 10,', 'max_budget: 100,')
        .replace('bind: 127.0.0.1', 'bind: 0.0.0.0')
        .replace('postgres:17.6', 'postgres:17.7')
        .replace('workspace:0.1.0', 'workspace:0.2.0')
        .replace(
          'models: {',
          'models: { enabled: [claude-sonnet-4-5, claude-haiku-4-5, claude-sonnet-5-5, claude-opus-5-5],',
        )}
volumes: { keep_on_destroy: false }
coder: { url: https://coder.example.com }
workspace: { egress: none }
postgres: { memory_mb: 512 }
key_provisioner: { reconcile_interval_s: 60 }
`,
  });
  for (const text of [
    '`claude-haiku-5-5` is removed',
    'the budget of `workspace` changes from $10 per 30d to $100 per 30d',
    '`ai-gateway-postgres` runs `registry.example.com/postgres:17.7` instead of `registry.example.com/postgres:17.6`',
    '`workspace` runs `registry.example.com/workspace:0.2.0`',
    '`ai-gateway-edge` publishes `0.0.0.0:4000→4000`',
    'workspaces no longer reach the internet',
    '`destroy` now deletes the database',
    '`ai-gateway-postgres` may use 512 MB of memory instead of 1024 MB',
    'keys of deleted workspaces are looked for every 60 s instead of every 300 s',
  ])
    expect(texts).toContainEqual(expect.stringContaining(text));
});

test('a container that the older base has not is new', () => {
  expect(said({ settings: (yaml) => `${yaml}coder: { server: true }\n` })).toEqual(
    expect.arrayContaining(['a new container: `ai-gateway-coder`', 'a new container: `ai-gateway-coder-postgres`']),
  );
});
