import { z } from 'zod';

const environmentValueSchema = z.object({
  /** The text, with `{name}` where the value of a secret goes. */
  value: z.string(),
  /** The secrets it is made with, by their names in `secrets.tfvars`. */
  secrets: z.array(z.string()),
  /** True: where the secret is empty, the variable is not set at all. */
  optional: z.boolean().optional(),
});
export type EnvironmentValue = z.infer<typeof environmentValueSchema>;

const healthSchema = z.object({
  /** Program and arguments, no shell. */
  command: z.array(z.string()),
  intervalSeconds: z.number(),
  timeoutSeconds: z.number(),
  /** Failures within this time of the start do not count. */
  startPeriodSeconds: z.number(),
  retries: z.number(),
});
export type HealthCheck = z.infer<typeof healthSchema>;

/** One long-running part of the platform. */
export const workloadSchema = z.object({
  /** A pinned image, or the folder of `images/` that one is built from. */
  image: z.union([
    z.object({ kind: z.literal('reference'), reference: z.string() }),
    z.object({ kind: z.literal('build'), folder: z.string(), baseImage: z.string() }),
  ]),
  /** In place of the image's own program and arguments. */
  entrypoint: z.array(environmentValueSchema).optional(),
  arguments: z.array(environmentValueSchema).optional(),
  environment: z.record(z.string(), environmentValueSchema),
  /** Each secret it receives, and the environment variables it arrives in. */
  secrets: z.record(z.string(), z.array(z.string())),
  /** SHA-256 of each file it reads, by the file's path in the container. */
  files: z.record(z.string(), z.string()),
  /** What it opens connections to: other workloads by name, or the `internet`, there without a port. */
  connects: z.array(z.object({ to: z.string(), port: z.number().optional() })),
  /** Ports that other workloads and workspaces' doors reach. */
  ports: z.array(z.object({ name: z.string(), port: z.number() })),
  /** Ports that the host offers, and on which of its addresses. */
  published: z.array(z.object({ port: z.number(), hostPort: z.number(), bind: z.string() })),
  health: healthSchema,
  /** The workload whose requests from workspaces it takes over, for doors that were made before it existed. */
  service: z.string().optional(),
  takesOverFrom: z.string().optional(),
  /** Hard limit, swap included. */
  memoryMb: z.number(),
  sharedMemoryMb: z.number().optional(),
  user: z.object({ uid: z.number(), gid: z.number() }),
  /** Writable directories in memory. */
  scratch: z.array(z.object({ path: z.string(), megabytes: z.number(), mode: z.string().optional() })),
  /** Directories that outlive the container, by the name of their volume without the deployment's prefix. */
  persistent: z.array(z.object({ name: z.string(), path: z.string(), sizeGb: z.number().optional() })),
  /** Workloads that must be healthy first. */
  dependsOn: z.array(z.string()),
  /** How long a stop may take before the processes are killed. */
  stopGraceSeconds: z.number(),
  /** What it may do beyond an ordinary process, as it is meant; what a runtime makes of it is in the stack. */
  privileges: z.object({
    readOnlyRoot: z.boolean(),
    capabilities: z.array(z.string()),
    gainsPrivileges: z.boolean(),
    /** Whether it starts and stops workspaces itself, which takes power over the whole host. */
    managesWorkspaces: z.boolean(),
  }),
});
export type DeployedWorkload = z.infer<typeof workloadSchema>;
