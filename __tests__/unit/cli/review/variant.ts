import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { catalog } from '../../../../catalog/catalog';
import type { Model } from '../../../../catalog/model';
import { type Output, readOutput } from '../../../../cli/review/base/output';
import type { KeyCounts, Synthesized } from '../../../../cli/review/comparison';
import type { Plan } from '../../../../cli/review/plan';
import { parseSettings } from '../../../../settings/load';
import { SECRETS, type Secret } from '../../../../settings/secrets';
import { writeArtifacts, writeDeployment } from '../../../../stacks/artifacts';
import { ContractorWorkspaceStack } from '../../../../stacks/contractor-workspace-stack';
import { PlatformStack } from '../../../../stacks/platform-stack';
import pinned from '../../../../workloads/images.json';
import { platformWorkloads } from '../../../../workloads/platform';
import type { Workload } from '../../../../workloads/workload';

/** A deployment that differs from {@link SETTINGS} and the shipped catalog, as a commit would make it. */
export interface Variant {
  /** Changes the text of the settings. */
  readonly settings?: (yaml: string) => string;
  /** Changes the catalog: writes to its entries, adds or removes some. */
  readonly catalog?: (models: Draft<Model>[]) => void;
  /** Changes the list of secrets. */
  readonly secrets?: (secrets: Draft<Secret>[]) => void;
  /** Other pinned images. */
  readonly pinned?: Partial<typeof pinned>;
  /** Changes what the platform runs. */
  readonly workloads?: (workloads: Draft<Workload>[]) => void;
  /** Changes the stacks, as a change of the constructs would. */
  readonly platform?: (stack: PlatformStack) => void;
  readonly template?: (stack: ContractorWorkspaceStack) => void;
}

/** One change that a reviewer is told of, and what the reviewer knows besides. */
export interface Change extends Variant {
  readonly what: string;
  /** What it is compared with. @default - {@link SETTINGS} and the shipped catalog */
  readonly base?: Variant;
  readonly keys?: KeyCounts;
  readonly plan?: Plan;
}

type Draft<T> = T extends (...arguments_: never[]) => unknown
  ? T
  : T extends readonly (infer E)[]
    ? Draft<E>[]
    : { -readonly [K in keyof T]: Draft<T[K]> };

/** Settings whose images have versions of their own, so that reports stay the same when the pinned ones move on. */
export const SETTINGS = `name: ai-gateway
providers:
  anthropic: { credentials: variable }
  bedrock: { credentials: variable, region: us-east-1 }
models: { default: claude-sonnet-4-5, small: claude-haiku-4-5 }
policies:
  person: { max_budget: 40 }
  workspace: { max_budget: 10, rpm_limit: 60 }
  agent:write: { max_budget: 30, duration: 365d }
litellm: { bind: 127.0.0.1 }
images:
  litellm: registry.example.com/litellm:v1.104.2
  postgres: registry.example.com/postgres:17.6
  edge: registry.example.com/envoy:v1.40.0
  door: registry.example.com/haproxy:3.2.4
  key_provisioner: registry.example.com/key-provisioner:0.1.0
  workspace: registry.example.com/workspace:0.1.0
`;

/** Synthesizes a variant with the real stacks and reads the result as the review does. */
export function synthesize(variant: Variant = {}): Synthesized {
  const { deployment, ...rest } = output(variant, () => undefined);
  if (!deployment) throw new Error('synth wrote no deployment.json');
  return { ...rest, deployment };
}

/** The same as a checkout from before `deployment.json` leaves it. */
export function synthesizeOlder(variant: Variant = {}): Extract<Output, { deployment: undefined }> {
  const read = output(variant, (outdir) => rmSync(join(outdir, 'deployment.json')));
  if (read.deployment) throw new Error('deployment.json is still there');
  return read;
}

function output({ settings: edit, pinned: images, ...variant }: Variant, afterwards: (outdir: string) => void): Output {
  const text = edit ? edit(SETTINGS) : SETTINGS;
  if (edit && text === SETTINGS) throw new Error('the variant changes nothing in the settings');
  const before = { ...pinned };
  Object.assign(pinned, { seed: 'busybox:1.37.0' }, images);
  try {
    return edited(catalog as unknown as Draft<Model>[], variant.catalog, () =>
      edited(SECRETS as unknown as Draft<Secret>[], variant.secrets, () => write(text, variant, afterwards)),
    );
  } finally {
    Object.assign(pinned, before);
  }
}

function write(yaml: string, variant: Variant, afterwards: (outdir: string) => void): Output {
  const outdir = mkdtempSync(join(tmpdir(), 'gateway-variant-'));
  try {
    const settings = parseSettings(yaml);
    const workloads = platformWorkloads(settings);
    variant.workloads?.(workloads as unknown as Draft<Workload>[]);
    const app = new App({ outdir });
    const platform = new PlatformStack(app, 'platform', { settings, workloads });
    const template = new ContractorWorkspaceStack(app, 'contractor-workspace', { settings });
    variant.platform?.(platform);
    variant.template?.(template);
    app.synth();
    writeArtifacts(outdir, platform);
    writeDeployment(outdir, settings, workloads);
    afterwards(outdir);
    return readOutput(outdir, 'the variant');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Does something while a list of the program has other contents. */
function edited<T extends object, R>(list: T[], edit: ((draft: T[]) => void) | undefined, work: () => R): R {
  const before = [...list];
  const draft = before.map((entry) => copy(entry) as T);
  edit?.(draft);
  list.splice(0, list.length, ...draft);
  try {
    return work();
  } finally {
    list.splice(0, list.length, ...before);
  }
}

/** Functions stay what they are. */
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
};
