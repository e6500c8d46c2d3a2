import { z } from 'zod';
import { displayName, dollars, duration, id, keyStateSchema, perMinute, scopeSchema } from './fields';
import { issuedKeySchema, keyInfoSchema } from './keys';

/** Keys, as operators create, list and bootstrap them. */

/** `POST /api/v1/admin/keys`: a service or user key; limits given here override the scope's policy. */
export const adminCreateRequestSchema = z
  .strictObject({
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
  })
  .meta({ id: 'CreateKeyRequest' });
export type AdminCreateRequest = z.infer<typeof adminCreateRequestSchema>;

/** `GET /api/v1/admin/keys` */
export const keyListQuerySchema = z.strictObject({
  scope: scopeSchema.optional(),
  owner: id.optional(),
  state: keyStateSchema.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(50),
});
/** One page of keys. */
export const keyListSchema = z
  .object({
    keys: z.array(keyInfoSchema),
    page: z.number(),
    page_size: z.number(),
    total: z.number(),
    total_pages: z.number(),
  })
  .meta({ id: 'KeyList' });

/** `POST /api/v1/admin/keys/bootstrap`: any number of times; answers with keys for new users only. */
export const bootstrapRequestSchema = z
  .strictObject({
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
      .max(1000)
      .superRefine((users, context) => {
        const people = new Map<string, number>();
        for (const [at, { username, user_id = username }] of users.entries()) {
          const earlier = people.get(user_id);
          if (earlier === undefined) people.set(user_id, at);
          else context.addIssue({ code: 'custom', path: [at], message: `is the same person as users.${earlier}` });
        }
      }),
  })
  .meta({ id: 'BootstrapRequest' });
/** Each person of a bootstrap, in one of three lists. */
export const bootstrapResponseSchema = z
  .object({
    created: z.array(issuedKeySchema.extend({ username: z.string() })),
    existing: z.array(z.object({ username: z.string(), name: z.string(), state: keyStateSchema })),
    failed: z.array(z.object({ username: z.string(), detail: z.string() })),
  })
  .meta({ id: 'BootstrapResponse' });
export type BootstrapResponse = z.infer<typeof bootstrapResponseSchema>;
