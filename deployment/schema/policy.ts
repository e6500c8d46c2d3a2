import { z } from 'zod';

const budget = {
  /** US dollars per `budget_duration`. */
  max_budget: z.number(),
  /** The window after which spend starts at zero again: a whole number and s, m, h or d, such as `30d`. */
  budget_duration: z.string(),
};

/** The limits of one kind of key, in the words of `gateway.yaml`. A limit that is not there is none. */
export const policySchema = z.object({
  ...budget,
  /** Requests a minute. */
  rpm_limit: z.number(),
  /** Tokens a minute. */
  tpm_limit: z.number().optional(),
  /** Requests under way at once. */
  max_parallel_requests: z.number().optional(),
  /** How long a key works. */
  duration: z.string(),
  /** Names of the served models that it may ask for; `all` is written out. */
  models: z.array(z.string()),
  /** What requests may ask for that is billed beside or above their tokens. Absent in descriptions of older versions. */
  allow: z.array(z.string()).optional(),
});
export type DeployedPolicy = z.infer<typeof policySchema>;

const personSchema = z.object(budget);
/** What all keys of one person may spend together. */
export type PersonCap = z.infer<typeof personSchema>;

/** The cap of a person, and every kind of key by its scope. */
export const policiesSchema = z.object({
  person: personSchema,
  workspace: policySchema,
  user: policySchema,
  ci: policySchema,
  'agent:review': policySchema,
  'agent:write': policySchema,
});
