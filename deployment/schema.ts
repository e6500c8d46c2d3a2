import { z } from 'zod';
import { modelSchema } from './schema/model';
import { policiesSchema } from './schema/policy';
import { secretSchema } from './schema/secret';
import { workloadSchema } from './schema/workload';
import { workspaceSchema } from './schema/workspace';

export {
  type DeployedModel,
  type ModelDeployment,
  type ModelPrices,
  type ModelRates,
  modelSchema,
} from './schema/model';
export { type DeployedPolicy, type PersonCap, policiesSchema, policySchema } from './schema/policy';
export { type SecretRule, secretRuleSchema, secretSchema } from './schema/secret';
export { type DeployedWorkload, type EnvironmentValue, type HealthCheck, workloadSchema } from './schema/workload';
export { type DeployedParameter, type Door, workspaceSchema } from './schema/workspace';

/** The version of `deployment.json` that this checkout writes and reads. It changes when a reader of the old one would be wrong. */
export const DEPLOYMENT_VERSION = 1;

/**
 * `deployment.json`: what one synth deploys, as values, for people and programs that compare, explain or check it. `gateway review`
 * reads it.
 *
 * It is a public contract. Within one version fields are only added, and an added field is optional; a reader ignores what it does
 * not know. The same settings and catalog give the same bytes. It holds no secret and no path of the machine that wrote it.
 */
export const deploymentSchema = z.object({
  /** {@link DEPLOYMENT_VERSION} */
  version: z.literal(DEPLOYMENT_VERSION),
  /** The program that wrote the file. */
  product: z.object({ name: z.string(), version: z.string() }),
  /** `name` of the settings: the prefix of every container, network and volume. */
  name: z.string(),
  /** The Docker daemon that everything runs on. */
  docker: z.object({ host: z.string() }),
  /** The cluster that everything runs on, in the place of the Docker daemon; absent where that is what runs it. */
  kubernetes: z
    .looseObject({
      namespace: z.string(),
      workspacesNamespace: z.string(),
      /** Name of the Secret with the platform's secrets. */
      secret: z.string(),
      /** `kubernetes` of the settings, with every default filled in. */
      settings: z.record(z.string(), z.unknown()),
    })
    .optional(),
  /** Every provider LiteLLM can route to, by its name. */
  providers: z.record(
    z.string(),
    z.object({
      /** Where its credentials come from; a provider that is `off` serves no model. */
      credentials: z.enum(['variable', 'instance-role', 'off']),
      /** Secrets that LiteLLM is given for it, by their names in `secrets.tfvars`. */
      secrets: z.array(z.string()),
      /** The provider's region, for providers that have one. */
      region: z.string().optional(),
      /** Base URL in place of the provider's own. */
      apiBase: z.string().optional(),
    }),
  ),
  /** Every model name that is served. */
  models: z.record(z.string(), modelSchema),
  /** Which models are used where nobody chooses. */
  defaults: z.object({
    /** `models.default` of the settings. */
    model: z.string(),
    /** `models.small` of the settings: titles, commit messages. */
    smallModel: z.string(),
    /** Whether a name's other providers are asked when the first fails. */
    providerFailover: z.boolean(),
    /** What agents in a workspace begin with, by the kind of key: `model` and `smallModel`, or what the policy allows instead. */
    startWith: z.record(z.string(), z.object({ model: z.string(), smallModel: z.string() })),
  }),
  policies: policiesSchema,
  /** Whom people are told to ask when a budget is spent: an e-mail address or a URL. */
  contact: z.string().optional(),
  /** LiteLLM's own settings, in its own words (`config.yaml` without the models). */
  litellm: z.object({
    router: z.record(z.string(), z.unknown()),
    settings: z.record(z.string(), z.unknown()),
    general: z.record(z.string(), z.unknown()),
  }),
  keyProvisioner: z.object({
    /** Seconds between two comparisons of all keys with the policies; 0: only one, after the start. */
    reconcileIntervalSeconds: z.number(),
    /** Whether Coder is asked about a workspace before it gets a key. */
    confirmWorkspaces: z.boolean(),
    /** Coder's address as the key-provisioner reaches it. */
    coderUrl: z.string().optional(),
    /** The gateway and the key-provisioner as a workspace reaches them. */
    gatewayUrl: z.string(),
    provisionerUrl: z.string(),
  }),
  /** Every long-running part of the platform, by its name. */
  workloads: z.record(z.string(), workloadSchema),
  workspace: workspaceSchema,
  /** Every secret of `secrets.tfvars`, by its name; never a value. */
  secrets: z.record(z.string(), secretSchema),
  /** Who reaches the internet. */
  egress: z.object({ workspaces: z.enum(['internet', 'none']), workloads: z.array(z.string()) }),
  /** Pinned references of every image that is used, by their names in the settings. */
  images: z.record(z.string(), z.string()),
  volumes: z.object({
    /** Whether persistent directories outlive `destroy`. */
    keepOnDestroy: z.boolean(),
  }),
});

/** The content of `deployment.json`. */
export type Deployment = z.infer<typeof deploymentSchema>;
