import { parse, stringify } from 'yaml';
import { catalog } from '../../../../catalog/catalog';
import { NOT_OFFERED } from '../../../../catalog/model';
import { compare } from '../../../../cli/review/compare';
import type { Synthesized } from '../../../../cli/review/comparison';
import { describeDeployment } from '../../../../deployment/describe';
import { settingsJsonSchema } from '../../../../settings/json-schema';
import { parseSettings } from '../../../../settings/load';

// Every provider and a Coder server are on, so that every setting has an effect.
const BASE = parse(`
providers:
  anthropic: { credentials: variable }
  bedrock: { credentials: variable, region: us-east-1 }
  openai: { credentials: variable }
  azure: { credentials: variable }
  vertex_ai: { credentials: variable, region: us-east5 }
  ollama: { credentials: variable, api_base: http://ollama.internal:11434 }
  hosted_vllm: { credentials: variable }
models: { provider_failover: true }
litellm: { replicas: 2 }
coder: { server: true, url: http://coder.internal:7080 }
`);

/** The same on a cluster, where a Coder server comes from elsewhere, and images are finished. */
const ON_KUBERNETES = {
  ...BASE,
  target: 'kubernetes',
  coder: { url: 'http://coder.coder.svc.cluster.local' },
  images: {
    key_provisioner: 'registry.example.com/key-provisioner:1.0.0',
    workspace: 'registry.example.com/workspace:1.0.0',
  },
};

type Group = Record<string, unknown>;
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly type?: string;
}

/** Paths of all settings, from the schema of the settings file. */
const settings = (schema: Schema, path: string[] = []): string[][] =>
  schema.properties
    ? Object.entries(schema.properties).flatMap(([key, inner]) => settings(inner, [...path, key]))
    : [path];

/** A value that no setting has by default. */
const OTHER: Readonly<Record<string, unknown>> = {
  name: 'other',
  region: { bedrock: 'us-west-2', vertex_ai: 'us-east1' },
  credentials: 'off',
  api_base: 'http://proxy.internal:8080',
  enabled: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
  default: 'claude-sonnet-5-5',
  small: 'claude-haiku-5-5',
  provider_failover: false,
  max_budget: 77,
  budget_duration: '3d',
  rpm_limit: 77,
  tpm_limit: 77_000,
  max_parallel_requests: 7,
  duration: '7d',
  models: ['claude-haiku-4-5', 'claude-opus-5-5'],
  allow: ['fast-mode'],
  port: 7777,
  bind: '0.0.0.0',
  memory_mb: 2000,
  replicas: 3,
  request_timeout_s: 777,
  spend_logs_retention: '77d',
  reconcile_interval_s: 77,
  keep_on_destroy: false,
  url: 'https://coder.example.com',
  confirm_workspaces: true,
  server: false,
  egress: 'none',
  agents: ['codex'],
  roo_extension: 'zoo-code',
  host: 'unix:///run/other.sock',
  contact: 'platform@example.com',
  context: 'other',
  namespace: 'other',
  workspaces_namespace: 'others',
  coder_namespace: 'other',
  cluster_domain: 'other.local',
  dns_namespace: 'openshift-dns',
  litellm: 7,
  key_provisioner: 7,
  edge: 7,
  door: 7,
  policy: 'Always',
  secret: 'registry',
  class: 'fast',
  type: 'LoadBalancer',
  from_namespaces: ['ingress-nginx'],
  from_cidrs: ['192.0.2.0/24'],
  deny: ['192.0.2.0/24'],
  existing: 'from-vault',
};

function changed(path: readonly string[]): unknown {
  const [room, key = ''] = path;
  if (path.join('.') === 'kubernetes.egress.allow') return ['10.20.0.0/16'];
  if (room === 'images') return `registry.example.com/${key.replaceAll('_', '-')}:7.7.7`;
  const other = OTHER[path.at(-1) ?? ''];
  return typeof other === 'object' && !Array.isArray(other) && other ? (other as Group)[key] : other;
}

/** Without the stacks, which are the same: what is told comes from the descriptions alone. */
const synthesized = (value: Group): Synthesized => ({
  deployment: describeDeployment(parseSettings(stringify(value))),
  platform: { resource: {}, variable: {}, output: {}, terraform: {} },
  template: { resource: {}, variable: {}, output: {}, terraform: {} },
  form: '',
});
const bases = { docker: BASE, kubernetes: ON_KUBERNETES } as const;
const synthesizedBases = { docker: synthesized(BASE), kubernetes: synthesized(ON_KUBERNETES) };

const paths = settings(settingsJsonSchema() as Schema);

test('there are settings to change', () => {
  expect(paths.length).toBeGreaterThan(70);
});

test.each(paths.flatMap((path) => (path[0] === 'target' ? [] : [[path.join('.'), path] as const])))(
  '%s does not change unnoticed',
  (_, path) => {
    const target = path[0] === 'kubernetes' ? 'kubernetes' : 'docker';
    const draft = structuredClone(bases[target]) as Group;
    const group = path.slice(0, -1).reduce<Group>((at, key) => {
      at[key] ??= {};
      return at[key] as Group;
    }, draft);
    const value = changed(path);
    // A new setting needs a line above.
    expect(value).toBeDefined();
    group[path.at(-1) ?? ''] = value;
    expect(compare(synthesizedBases[target], synthesized(draft)).length).toBeGreaterThan(0);
  },
);

test('another target does not change unnoticed', () => {
  const told = compare(synthesizedBases.docker, synthesizedBases.kubernetes);
  expect(told[0]).toMatchObject({ severity: 'high', rule: 'data/target' });
});

// A retired name is answered by its successor alone.
test.each(catalog.filter(({ lifecycle }) => lifecycle.state !== 'retired').map(({ name }) => name))(
  'nothing in the catalog about %s changes unnoticed',
  (name) => {
    const missed: string[] = [];
    const visit = (value: Group, path: string) => {
      for (const [key, inner] of Object.entries(value)) {
        if (inner !== null && typeof inner === 'object') visit(inner as Group, `${path}.${key}`);
        else if (!['name', 'provider', 'successor', 'state'].includes(key)) {
          // Some entries share their prices, limits and abilities: both change.
          value[key] =
            inner === NOT_OFFERED
              ? 3
              : typeof inner === 'number'
                ? inner * 2
                : typeof inner === 'boolean'
                  ? !inner
                  : `${inner}~`;
          if (compare(synthesizedBases.docker, synthesized(BASE)).length === 0) missed.push(`${path}.${key}`);
          value[key] = inner;
        }
      }
    };
    visit(catalog.find((model) => model.name === name) as unknown as Group, name);
    expect(missed).toEqual([]);
  },
);
