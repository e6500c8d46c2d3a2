import { z } from 'zod';
import type { gatewayConfigurationSchema } from '../../images/key-provisioner/src/configuration';

/** The parts of LiteLLM's config.yaml that mean something to people. Lenient: the base may be older than this checkout. */
export const proxyConfigSchema = z.looseObject({
  model_list: z.array(
    z.looseObject({
      model_name: z.string(),
      litellm_params: z.record(z.string(), z.unknown()),
      model_info: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  router_settings: z.record(z.string(), z.unknown()).default({}),
  litellm_settings: z.record(z.string(), z.unknown()).default({}),
  general_settings: z.record(z.string(), z.unknown()).default({}),
});

/** gateway.json as another version may have written it: what is compared, and nothing else. */
export const gatewaySchema = z.looseObject({
  default_model: z.string().optional(),
  small_model: z.string().optional(),
  policies: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  confirm_workspaces: z.boolean().optional(),
  reconcile_interval_s: z.number().optional(),
  agents: z.array(z.string()).default([]),
});

export type Attributes = Record<string, unknown>;

/** A synthesized stack, `cdk.tf.json`. */
export const stackSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  variable: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  terraform: z.record(z.string(), z.unknown()).default({}),
});
export type Stack = z.infer<typeof stackSchema>;

/** Everything a checkout synthesizes to, as far as a reviewer can see it. */
export interface Synthesized {
  readonly proxy: z.infer<typeof proxyConfigSchema>;
  readonly gateway: z.infer<typeof gatewaySchema>;
  readonly platform: Stack;
  readonly workspace: Stack;
  /** The template's parameters, Terraform text. */
  readonly parameters: string;
}

/** The policies' own schema, for fields that are compared by name. */
export type PolicyField = keyof z.infer<typeof gatewayConfigurationSchema>['policies']['workspace'];

/** A block that Terraform's JSON writes as one object or as a list of them. */
export const blocks = (value: unknown): Attributes[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]) as Attributes[];

/** Resources of one type, by their name in the stack. */
export const resources = (stack: Stack, type: string): Map<string, Attributes> =>
  new Map(Object.entries((stack.resource[type] ?? {}) as Record<string, Attributes>));

/** What is only before, only after, and in both. */
export function compareKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>) {
  return {
    removed: [...before].filter(([key]) => !after.has(key)),
    added: [...after].filter(([key]) => !before.has(key)),
    both: [...after].flatMap(([key, now]) => (before.has(key) ? [[key, before.get(key) as T, now] as const] : [])),
  };
}

/** Equal as JSON, whatever the order of keys. */
export const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'undefined';
