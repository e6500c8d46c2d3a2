import { z } from 'zod';
import { DURATION, DURATION_ERROR } from './keys/duration';
import { FAMILIES } from './models/family';

/**
 * What the key-provisioner is given by the synthesized deployment, besides its secrets: the file `gateway.json`.
 * This schema is the contract between synth time (which writes the file) and run time (which reads it).
 */

const duration = z.string().regex(DURATION, DURATION_ERROR);

/** Limits of one kind of key, with LiteLLM's own names. `models` is never empty and budgets are never null. */
export const policySchema = z.strictObject({
  max_budget: z.number().positive(),
  budget_duration: duration,
  rpm_limit: z.int().positive(),
  tpm_limit: z.int().positive().optional(),
  max_parallel_requests: z.int().positive().optional(),
  duration,
  models: z.array(z.string().min(1)).min(1),
});
export type Policy = z.infer<typeof policySchema>;

/** What a key can be for. */
export const SCOPES = ['workspace', 'user', 'ci', 'agent:review', 'agent:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** The agents that a workspace can have. */
export const AGENTS = [
  'roo-code',
  'zoo-code',
  'opencode',
  'claude-code',
  'codex',
  'cline',
  'kilo-code',
  'copilot',
  'continue',
  'aider',
] as const;
export type Agent = (typeof AGENTS)[number];

const usd = z.number().nonnegative();
const prices = { input: usd, output: usd, cache_write: usd, cache_read: usd };

/**
 * What agents must know about a model. Prices are USD per million tokens, limits are tokens. What is optional was added later; without
 * it a model counts as active, with one price whatever the length of the prompt, and of the family that its name says.
 */
export const servedModelSchema = z.strictObject({
  name: z.string().min(1),
  title: z.string(),
  use: z.string(),
  context: z.int().positive(),
  output: z.int().positive(),
  prices: z.strictObject(prices),
  /** Prices for longer prompts. */
  price_bands: z.array(z.strictObject({ above_prompt_tokens: z.int().positive(), ...prices })).optional(),
  /** A retired name is answered by its successor. */
  lifecycle: z.enum(['active', 'deprecated', 'retired']).optional(),
  /** For Claude Code's aliases. */
  family: z.strictObject({ name: z.enum(FAMILIES), version: z.array(z.int().nonnegative()) }).optional(),
  tools: z.boolean(),
  vision: z.boolean(),
  prompt_caching: z.boolean(),
  reasoning: z.boolean(),
  /** Whether each of its providers takes the experimental betas and fields of Anthropic's own API; absent: yes. */
  experimental_betas: z.boolean().optional(),
});
export type ServedModel = z.infer<typeof servedModelSchema>;

/** The content of `gateway.json`. */
export const gatewayConfigurationSchema = z.strictObject({
  /** Addresses as seen from a workspace, without a path. */
  gateway_url: z.url(),
  provisioner_url: z.url(),
  models: z.array(servedModelSchema).min(1),
  default_model: z.string(),
  small_model: z.string(),
  policies: z.strictObject({
    person: z.strictObject({ max_budget: z.number().positive(), budget_duration: duration }),
    workspace: policySchema,
    user: policySchema,
    ci: policySchema,
    'agent:review': policySchema,
    'agent:write': policySchema,
  }),
  /** Agents the workspace image holds: what `agents` of a configure call may name. */
  agents: z.array(z.enum(AGENTS)).min(1),
  /** Seconds between two runs of the reconciler; 0: only the one at the start, which does not look for deleted workspaces. */
  reconcile_interval_s: z.int().nonnegative(),
  /** Where Coder's API is, if workspaces are confirmed and self-service is offered. */
  coder_url: z.url().optional(),
  /** Whether a workspace is confirmed with Coder before it gets a key. */
  confirm_workspaces: z.boolean(),
});
export type GatewayConfiguration = z.infer<typeof gatewayConfigurationSchema>;
