import { z } from 'zod';
import { displayName, keyStateSchema, provableId, scopeSchema } from './fields';

/** Keys, as their holders ask for them and are told about them. */

/** Who asks, according to the workspace; its token proves both ids and the name. */
export const workspaceIdentitySchema = z
  .strictObject({
    workspace_id: provableId,
    owner_id: provableId,
    username: displayName,
    workspace_name: displayName.optional(),
  })
  .meta({ id: 'WorkspaceIdentity' });

/** `POST /api/v1/keys/workspace` */
export const workspaceKeyRequestSchema = workspaceIdentitySchema;
export type WorkspaceKeyRequest = z.infer<typeof workspaceKeyRequestSchema>;

/** `POST /api/v1/keys/self-service` */
export const selfServiceRequestSchema = z.strictObject({ purpose: z.string().max(200).optional() });

/** `POST /api/v1/keys/rotate`: a workspace says who it is; a person, known by their session token, sends nothing. */
export const rotateRequestSchema = z.union([workspaceIdentitySchema, z.strictObject({})]).nullish();

/** A key that was just issued: the only answer that ever holds `key`. Money is USD, times are ISO 8601. */
export const issuedKeySchema = z
  .object({
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
  })
  .meta({ id: 'IssuedKey' });
export type IssuedKey = z.infer<typeof issuedKeySchema>;

/** Everything but the key itself. */
export const keyInfoSchema = z
  .object({
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
  })
  .meta({ id: 'KeyInfo' });
export type KeyInfo = z.infer<typeof keyInfoSchema>;
