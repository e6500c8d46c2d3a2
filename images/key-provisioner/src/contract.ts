import { z } from 'zod';
import { AGENTS, SCOPES } from './configuration';
import { DURATION_ERROR, REQUESTED_DURATION } from './keys/duration';

/** Requests and answers of the HTTP API: one schema each, from which types, validation and OpenAPI are made. */

const id = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII characters without spaces');
/** A name people chose: shown, logged, never part of a key. */
const displayName = z
  .string()
  .min(1)
  .max(128)
  // PostgreSQL keeps neither NUL nor half a surrogate pair.
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters or unpaired surrogates');

/** US dollars; smaller amounts do not survive the way through the database. */
const dollars = z.number().min(0.000001).max(1_000_000);
/** LiteLLM's notation of a duration. */
const duration = z.string().regex(REQUESTED_DURATION, DURATION_ERROR);
const perMinute = z.int().positive().max(1_000_000_000);

export const scopeSchema = z.enum(SCOPES);
/** `revoked`: by an operator, until restored. `expired`: past its lifetime; a workspace's next start renews it. */
export const keyStateSchema = z.enum(['active', 'revoked', 'expired']);

/** An id that a token can prove: the token's message separates its parts by `|`. */
const provableId = id.regex(/^[^|]*$/, 'must not contain "|"');

/** Who asks, according to the workspace; its token proves both ids and the name. */
export const workspaceIdentitySchema = z.strictObject({
  workspace_id: provableId,
  owner_id: provableId,
  username: displayName,
  workspace_name: displayName.optional(),
});

/** `POST /api/v1/keys/workspace` */
export const workspaceKeyRequestSchema = workspaceIdentitySchema;
export type WorkspaceKeyRequest = z.infer<typeof workspaceKeyRequestSchema>;

/** `POST /api/v1/workspaces/configure` */
export const configureRequestSchema = workspaceIdentitySchema.extend({
  agents: z.array(z.enum(AGENTS)).max(AGENTS.length),
  model: z.string().min(1).max(128),
  /** A person's own key, used instead of a provisioned one. */
  api_key: z.string().min(1).max(512).optional(),
});
export type ConfigureRequest = z.infer<typeof configureRequestSchema>;

/** `POST /api/v1/keys/self-service` */
export const selfServiceRequestSchema = z.strictObject({ purpose: z.string().max(200).optional() });

/** A key that was just issued: the only answer that ever holds `key`. Money is USD, times are ISO 8601. */
export const issuedKeySchema = z.object({
  key: z.string(),
  /** Whether it existed before this call. */
  reused: z.boolean(),
  /** Stable: `workspace-<id>`, `user-<id>`, `ci-<repo>`, `agent-review`. */
  name: z.string(),
  scope: scopeSchema,
  expires: z.string(),
  max_budget: z.number(),
  budget_duration: z.string(),
  rpm_limit: z.number(),
  tpm_limit: z.number().nullable(),
  models: z.array(z.string()),
});
export type IssuedKey = z.infer<typeof issuedKeySchema>;

/** Everything but the key itself. */
export const keyInfoSchema = z.object({
  name: z.string(),
  scope: scopeSchema,
  /** Workspace id, person's id, repository, or the agent's role. */
  subject: z.string(),
  /** LiteLLM's `user_id`: Coder's owner id. Null for ci and agents. */
  owner: z.string().nullable(),
  username: z.string().nullable(),
  workspace_name: z.string().nullable(),
  state: keyStateSchema,
  generation: z.number(),
  spend: z.number(),
  max_budget: z.number(),
  budget_duration: z.string(),
  budget_reset_at: z.string().nullable(),
  rpm_limit: z.number(),
  tpm_limit: z.number().nullable(),
  models: z.array(z.string()),
  created_at: z.string().nullable(),
  expires: z.string().nullable(),
  last_active: z.string().nullable(),
  /** The cap over all keys of the owner, where there is an owner. Only in answers about one key. */
  person: z
    .object({ spend: z.number(), max_budget: z.number(), budget_reset_at: z.string().nullable() })
    .nullable()
    .optional(),
});
export type KeyInfo = z.infer<typeof keyInfoSchema>;

/** What a workspace writes: whole files, owner only unless `mode` says otherwise. */
export const configurationFileSchema = z.object({
  /** Absolute. */
  path: z.string().regex(/^\//),
  /** Octal, as `chmod` takes it. */
  mode: z.string().regex(/^0[0-7]{3}$/),
  content: z.string(),
});
export type ConfigurationFile = z.infer<typeof configurationFileSchema>;

export const configureResponseSchema = z.object({
  files: z.array(configurationFileSchema),
  /** For the person's shells; holds no key. */
  environment: z.record(z.string(), z.string()),
  /** Null where a person's own key has no such limit. */
  key: issuedKeySchema.omit({ key: true }).extend({
    expires: z.string().nullable(),
    max_budget: z.number().nullable(),
    budget_duration: z.string().nullable(),
    rpm_limit: z.number().nullable(),
  }),
});
export type ConfigureResponse = z.infer<typeof configureResponseSchema>;

/** `POST /api/v1/admin/keys`: a service or user key; limits given here override the scope's policy. */
export const adminCreateRequestSchema = z.strictObject({
  scope: z.enum(['user', 'ci', 'agent:review', 'agent:write']),
  /** Repository for `ci`, the person's Coder id (or a name) for `user`; agents have none. */
  subject: id.optional(),
  username: displayName.optional(),
  max_budget: dollars.optional(),
  budget_duration: duration.optional(),
  rpm_limit: perMinute.optional(),
  tpm_limit: perMinute.optional(),
  duration: duration.optional(),
  models: z.array(z.string()).min(1).optional(),
});
export type AdminCreateRequest = z.infer<typeof adminCreateRequestSchema>;

/** `POST /api/v1/keys/rotate`: a workspace says who it is; a person, known by their session token, sends nothing. */
export const rotateRequestSchema = z.union([workspaceIdentitySchema, z.strictObject({})]).nullish();

/** `GET /api/v1/admin/keys` */
export const keyListQuerySchema = z.strictObject({
  scope: scopeSchema.optional(),
  owner: id.optional(),
  state: keyStateSchema.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(50),
});
export const keyListSchema = z.object({
  keys: z.array(keyInfoSchema),
  page: z.number(),
  page_size: z.number(),
  total: z.number(),
  total_pages: z.number(),
});
export type KeyList = z.infer<typeof keyListSchema>;

/** `POST /api/v1/admin/keys/bootstrap`: any number of times; answers with keys for new users only. */
export const bootstrapRequestSchema = z.strictObject({
  users: z
    .array(
      z.strictObject({
        username: displayName,
        /** Coder's user id, so that self-service later gives the same key; without it the username is the id. */
        user_id: id.optional(),
        max_budget: dollars.optional(),
        rpm_limit: perMinute.optional(),
      }),
    )
    .min(1)
    .max(1000),
});
export const bootstrapResponseSchema = z.object({
  created: z.array(issuedKeySchema.extend({ username: z.string() })),
  existing: z.array(z.object({ username: z.string(), name: z.string(), state: keyStateSchema })),
  failed: z.array(z.object({ username: z.string(), detail: z.string() })),
});
export type BootstrapResponse = z.infer<typeof bootstrapResponseSchema>;

/** `POST /api/v1/admin/reconcile` */
export const reconcileRequestSchema = z.strictObject({ dry_run: z.boolean().default(false) });
const limitValue = z.union([z.number(), z.string(), z.array(z.string()), z.null()]);
/** Each field that changes, from what LiteLLM has to what the policy says; null is no limit. */
const changesSchema = z.record(z.string(), z.object({ from: limitValue, to: limitValue }));
export type Changes = z.infer<typeof changesSchema>;

export const reconcileResponseSchema = z.object({
  dry_run: z.boolean(),
  /** Keys of every scope and state that were compared with today's policy. */
  compared: z.number(),
  /** Keys that were brought to today's policy, or with `dry_run` would be: the first 1000 by name. */
  updated: z.array(z.object({ name: z.string(), changes: changesSchema })),
  updated_total: z.number(),
  /** People, by Coder's id, whose cap was brought to today's policy, or would be: the first 1000. */
  people: z.array(z.object({ id: z.string(), username: z.string().nullable(), changes: changesSchema })),
  people_total: z.number(),
  /** Keys (by name) and people (`person <id>`) that LiteLLM refused to change, or could not: the first 1000. */
  failed: z.array(z.object({ name: z.string(), reason: z.string() })),
  failed_total: z.number(),
  /** Keys and people left to the next run because LiteLLM did not answer; those it was asked about are in `failed` too. */
  unreached: z.number(),
  /** Whether keys of deleted workspaces were looked for, which needs Coder; otherwise the fields below are empty. */
  workspaces_checked: z.boolean(),
  /** Workspace keys looked at. */
  examined: z.number(),
  /** Names of keys whose workspace is gone: deleted, or with `dry_run` those that would be. */
  deleted: z.array(z.string()),
  /** Keys whose workspace still exists. */
  kept: z.number(),
  /** Keys for which Coder gave no clear answer: not touched. */
  undecided: z.number(),
  duration_ms: z.number(),
});
export type ReconcileResponse = z.infer<typeof reconcileResponseSchema>;

/** RFC 9457, `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  /** What was wrong and what to do. */
  detail: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  litellm: z.enum(['ready', 'unreachable']).optional(),
});
