import { z } from 'zod';
import { AGENTS } from '../configuration';
import { issuedKeySchema, workspaceIdentitySchema } from './keys';

/** What a workspace asks for when it starts. */

/** `POST /api/v1/workspaces/configure` */
export const configureRequestSchema = workspaceIdentitySchema
  .extend({
    agents: z.array(z.enum(AGENTS)).max(AGENTS.length),
    model: z.string().min(1).max(128),
    /** A person's own key, used instead of a provisioned one. */
    api_key: z.string().min(1).max(512).optional(),
  })
  .meta({ id: 'ConfigureRequest' });
export type ConfigureRequest = z.infer<typeof configureRequestSchema>;

/**
 * The query of the same. It is no field of the body, since key-provisioners that do not have it refuse unknown fields, and a workspace's
 * image may be newer than its platform.
 */
export const configureQuerySchema = z.object({
  /** Port of 127.0.0.1 on which the workspace forwards to the gateway; absent: it does not. */
  listener: z.coerce.number().int().min(1).max(65_535).optional(),
});

/** What a workspace writes: whole files, owner only unless `mode` says otherwise. */
export const configurationFileSchema = z
  .object({
    /** Absolute. */
    path: z.string().regex(/^\//),
    /** Octal, as `chmod` takes it. */
    mode: z.string().regex(/^0[0-7]{3}$/),
    content: z.string(),
  })
  .meta({ id: 'ConfigurationFile' });
export type ConfigurationFile = z.infer<typeof configurationFileSchema>;

/** Everything that a workspace writes when it starts. */
export const configureResponseSchema = z
  .object({
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
  })
  .meta({ id: 'ConfigureResponse' });
export type ConfigureResponse = z.infer<typeof configureResponseSchema>;
