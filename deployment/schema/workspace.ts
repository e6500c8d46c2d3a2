import { z } from 'zod';

/** One question of the form in which a workspace is created. */
const parameterSchema = z.object({
  displayName: z.string(),
  description: z.string(),
  type: z.enum(['string', 'number']),
  /** What an empty form says; without it the person must answer. */
  default: z.string().optional(),
  /** Whether it may change after the workspace was created. */
  mutable: z.boolean(),
  /** Whether it is shown as dots. */
  masked: z.boolean(),
  /** What may be chosen; without it the answer is free text. */
  options: z.array(z.object({ value: z.string(), name: z.string(), description: z.string().optional() })).optional(),
});
export type DeployedParameter = z.infer<typeof parameterSchema>;

/** The proxy beside each workspace: its only way to the platform. */
const doorSchema = z.object({
  /** Method and path of every request that passes, by the workload that answers it. */
  routes: z.object({ litellm: z.array(z.string()), 'key-provisioner': z.array(z.string()) }),
  /** How the workspace's agent reaches Coder: `direct`, or through the door (`door`, `door-tls`). */
  coder: z.object({
    kind: z.enum(['direct', 'door', 'door-tls']),
    /** Where the door finds Coder: in the platform, on the machine that runs the containers, or at `host`. */
    at: z.enum(['workload', 'this-host', 'host']).optional(),
    host: z.string().optional(),
    port: z.number().optional(),
  }),
  /** Seconds one request may take before the door gives up. */
  requestTimeoutSeconds: z.number(),
});
export type Door = z.infer<typeof doorSchema>;

/** What every workspace is made of. */
export const workspaceSchema = z.object({
  image: z.string(),
  /** Agents that the image holds. */
  agents: z.array(z.string()),
  /** Whether the workspace reaches the internet. */
  egress: z.enum(['internet', 'none']),
  /** Names of its environment variables. */
  environment: z.array(z.string()),
  /** The form, by the names of its parameters. */
  parameters: z.record(z.string(), parameterSchema),
  door: doorSchema,
});
