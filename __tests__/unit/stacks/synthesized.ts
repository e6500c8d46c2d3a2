import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { parseSettings } from '../../../settings/load';
import { PlatformStack, type PlatformStackProps } from '../../../stacks/platform-stack';

export interface Synthesized {
  readonly resource: Record<string, Record<string, Record<string, never>>>;
  readonly variable: Record<string, Record<string, unknown>>;
  readonly output: Record<string, { precondition?: { condition: string; error_message: string }[] }>;
  readonly terraform: Record<string, unknown>;
  readonly removed?: unknown;
}

/** The text of the platform stack's `cdk.tf.json` for a `gateway.yaml`. */
export function synthesizePlatform(yaml = '', props: Partial<PlatformStackProps> = {}): string {
  const outdir = mkdtempSync(join(tmpdir(), 'gateway-synth-'));
  try {
    const app = new App({ outdir });
    new PlatformStack(app, 'platform', { settings: parseSettings(yaml), ...props });
    app.synth();
    return readFileSync(join(outdir, 'stacks/platform/cdk.tf.json'), 'utf8');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The same as data, without cdktf's own remarks (`//`), and what is free to change without meaning anything left out. */
export function platform(yaml = '', props: Partial<PlatformStackProps> = {}): Synthesized {
  return JSON.parse(synthesizePlatform(yaml, props), (key, value) => (key === '//' ? undefined : value));
}

/** `docker_container.litellm`, … */
export const addresses = ({ resource }: Synthesized): string[] =>
  Object.entries(resource)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort();

/** Containers that run; the others only carry files. */
export const runningContainers = ({ resource }: Synthesized): [string, Record<string, never>][] =>
  Object.entries(resource.docker_container ?? {}).filter(([, container]) => container.start !== (false as never));

/** Every text of a JSON value, with its path. */
export function texts(value: unknown, path = ''): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}/${key}`));
}
