import { z } from 'zod';

/** `POST /api/v1/admin/reconcile` */
export const reconcileRequestSchema = z
  .strictObject({ dry_run: z.boolean().default(false) })
  .meta({ id: 'ReconcileRequest' });
const limitValue = z.union([z.number(), z.string(), z.array(z.string()), z.null()]);
/** Each field that changes, from what LiteLLM has to what the policy says; null is no limit. */
const changesSchema = z.record(z.string(), z.object({ from: limitValue, to: limitValue }));
export type Changes = z.infer<typeof changesSchema>;

/** What a run found and did, or with `dry_run` would do. */
export const reconcileResponseSchema = z
  .object({
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
  })
  .meta({ id: 'ReconcileResponse' });
export type ReconcileResponse = z.infer<typeof reconcileResponseSchema>;
