import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../../../cli/review/compare';
import type { Synthesized } from '../../../../cli/review/comparison';
import { planSchema } from '../../../../cli/review/plan';
import { report } from '../../../../cli/review/report';
import { type Change, synthesize, type Variant } from './variant';

const CHANGES = join(__dirname, 'changes');
const names = readdirSync(CHANGES).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);
const base = synthesize();

const reviews = new Map(
  names.map((name) => {
    const { change } = require(join(CHANGES, name)) as { change: Change };
    const before = change.base ? synthesize(change.base) : base;
    const after = synthesize(change);
    const findings = compare(before, after, {
      ...(change.keys ? { keys: change.keys } : {}),
      ...(change.plan ? { plan: planSchema.parse(change.plan) } : {}),
    });
    return [name, { findings, markdown: report(findings, before, after, 'main') }] as const;
  }),
);
const reviewed = (name: string) => reviews.get(name) ?? { findings: [], markdown: '' };
const texts = (before: Synthesized, after: Synthesized) => compare(before, after).map(({ text }) => text);
const changed = (variant: Variant) => texts(base, synthesize(variant));

// After a wanted change of the wording: UPDATE_REPORTS=1 npx jest --selectProjects unit, and read the difference.
test.each(names)('the report of %s reads as agreed', (name) => {
  const golden = join(CHANGES, `${name}.md`);
  const { markdown } = reviewed(name);
  if (process.env['UPDATE_REPORTS'] || !existsSync(golden)) writeFileSync(golden, markdown);
  expect(markdown).toBe(readFileSync(golden, 'utf8'));
});

test.each(names.filter((name) => name !== 'nothing'))('%s is noticed', (name) => {
  expect(reviewed(name).findings).not.toEqual([]);
});

test('nothing is said about a change that changes nothing', () => {
  expect(reviewed('nothing').findings).toEqual([]);
});

test('what a budget costs is told per month and for all keys, as far as the cap of a person allows', () => {
  expect(reviewed('budgets-loosened').findings.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('40 keys: at most $3,000 a month instead of $800 (+$2,200)'),
  );
});

test('the riskiest comes first', () => {
  const order = ['high', 'medium', 'low', 'info'];
  for (const name of names) {
    const ranks = reviewed(name).findings.map(({ severity }) => order.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  }
});

test('a name with backticks or line breaks cannot write into the report', () => {
  const draft = structuredClone(base);
  const [first] = Object.values(draft.deployment.models);
  draft.deployment.models['x`\n\n# Approved'] = first!;
  expect(report(compare(base, draft), base, draft, 'main')).not.toMatch(/^# Approved/m);
});

test('a volume that Terraform deletes with this change is lost; one that it lets go of is not', () => {
  const owned = synthesize({ settings: (yaml) => `${yaml}volumes: { keep_on_destroy: false }\n` });
  const lost = expect.stringContaining('the volume `ai-gateway-postgres-data` is deleted: **what it holds is lost**');
  expect(texts(owned, base)).not.toContainEqual(lost);
  const { removed: _removed, ...platform } = base.platform;
  expect(texts(owned, { ...base, platform })).toContainEqual(lost);
});

test('a model without a price is told, because it counts towards no budget', () => {
  const draft = structuredClone(base);
  Object.assign(draft.deployment.models['claude-opus-5-5']?.deployments[0]?.prices ?? {}, { output: 0 });
  expect(texts(base, draft)).toContain(
    '`claude-opus-5-5` loses its price (output $20 → $0 (−100 %)): what it costs counts towards no budget',
  );
});

test('a new question without a default must be answered by every workspace that exists', () => {
  const draft = structuredClone(base);
  draft.deployment.workspace.parameters['cost_center'] = {
    displayName: 'Cost center',
    description: '',
    type: 'string',
    mutable: true,
    masked: false,
  };
  expect(texts(base, draft)).toEqual([
    'the template asks for `cost_center`, and every existing workspace must answer it before its next start',
  ]);
});

test('a band of prices that moves is told by what prompts of each length cost then', () => {
  expect(
    changed({
      catalog: (models) => {
        const [place] = models.find(({ name }) => name === 'claude-haiku-5-5')?.deployments ?? [];
        for (const band of place?.priceBands ?? []) band.abovePromptTokens = 50_000;
      },
    }).slice(0, 1),
  ).toEqual([
    '`claude-haiku-5-5` costs more for prompts of more than 50,000 tokens, so every budget buys less: input $0.1 → $0.5 (+400 %), output $0.5 → $2.5 (+400 %), cache write $0.125 → $0.625 (+400 %), 1-hour cache write $0.2 → $1 (+400 %), cache read $0.01 → $0.05 (+400 %) per million tokens',
  ]);
});

test('what the Docker provider applies to no running container is told to take effect later', () => {
  expect(
    changed({
      workloads: (workloads) => {
        for (const directory of workloads.find(({ name }) => name === 'litellm')?.scratch ?? [])
          directory.megabytes = 256;
      },
    }),
  ).toEqual([
    '`workloads.litellm.scratch[/tmp].megabytes` changes from `512` to `256`',
    "a changed tmpfs reaches `ai-gateway-litellm` only when it is replaced: Docker's provider applies it to no running container",
  ]);
});

test('a changed memory limit replaces nothing', () => {
  expect(changed({ settings: (yaml) => `${yaml}key_provisioner: { memory_mb: 512 }\n` })).toEqual([
    '`ai-gateway-key-provisioner` may use 512 MB of memory instead of 256 MB',
    '`ai-gateway-key-provisioner` is changed while it runs (memory, memory_swap)',
  ]);
});

test('what only the constructs change is told too, in the platform and in the workspace template', () => {
  expect(
    changed({ platform: (stack) => stack.addOverride('terraform.required_providers.docker.version', '~> 5.0') }),
  ).toEqual([
    '`terraform.required_providers.docker.version` of the stack `platform` changes from `~> 4.6` to `~> 5.0`',
  ]);
  expect(
    changed({ template: (stack) => stack.addOverride('resource.docker_container.workspace.privileged', true) }),
  ).toEqual([
    '`workspace` runs privileged: whoever breaks out of it owns the host',
    'the workspace template changes: `workspace` (privileged); it applies the next time a workspace starts, once the template is pushed',
  ]);
});

test('a generated file that changes in nothing that is described is told by its name', () => {
  expect(
    changed({
      workloads: (workloads) => {
        for (const file of workloads.find(({ name }) => name === 'edge')?.files?.files ?? []) file.content += ' ';
      },
    }),
  ).toContain('the file `/etc/edge/envoy.json` of `edge` changes in something that this review has no words for');
});

test('a secret that is always needed and is no longer required is a risk, one of a provider that is switched off is not', () => {
  const texts = changed({
    secrets: (secrets) => {
      for (const secret of secrets) if (secret.name === 'litellm_master_key') delete secret.generate;
    },
    settings: (yaml) =>
      yaml.replace('bedrock: { credentials: variable, region: us-east-1 }', 'bedrock: { credentials: off }'),
  });
  expect(texts).toContain('the plan no longer stops at a `litellm_master_key` that is missing');
  expect(texts).toContain('`aws_access_key_id` may be left out of `secrets.tfvars`');
});
