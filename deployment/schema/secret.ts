import { z } from 'zod';

/** One condition that a secret has to meet, or the plan of a stack stops. An empty value is only stopped by `required`. */
export const secretRuleSchema = z.object({
  /** The stack whose plan stops: the platform, or the workspace template. */
  stack: z.enum(['platform', 'template']),
  /**
   * - `required`: it must be there, because of `reason`.
   * - `minimum-length`: it has at least `minimumLength` characters.
   * - `prefix`: it begins with `prefix`.
   * - `not-published`: it is none of `publishedValues` values that are printed in public manuals.
   * - `not-reused`: it is the value of none of the secrets `others`.
   */
  rule: z.enum(['required', 'minimum-length', 'prefix', 'not-published', 'not-reused']),
  reason: z.string().optional(),
  minimumLength: z.number().optional(),
  prefix: z.string().optional(),
  /** How many values are refused. */
  publishedValues: z.number().optional(),
  others: z.array(z.string()).optional(),
});
export type SecretRule = z.infer<typeof secretRuleSchema>;

/** One secret of `secrets.tfvars`. */
export const secretSchema = z.object({ purpose: z.string(), rules: z.array(secretRuleSchema) });
