import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import type { DeployedPolicy, Deployment } from '../../../deployment/schema';
import type { Synthesized } from '../comparison';
import { type Attributes, blocks, imageOf, resources, running, type Stack } from '../terraform/stack';
import { olderModels, olderProxySchema } from './older-models';

/** Files that a checkout from before `deployment.json` wrote, by their names. */
export interface OlderOutput {
  readonly files: Readonly<Record<string, string>>;
}

const gatewaySchema = z.looseObject({
  default_model: z.string().optional(),
  small_model: z.string().optional(),
  policies: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  confirm_workspaces: z.boolean().optional(),
  reconcile_interval_s: z.number().optional(),
  coder_url: z.string().optional(),
  agents: z.array(z.string()).optional(),
});

/**
 * A description of a base that wrote none: that of the newer checkout, with everything in its place that the older one's files say.
 * What they do not say counts as the same, and one sentence says what that is.
 */
export function describeOlder(
  output: Omit<Synthesized, 'deployment' | 'notCompared'> & { readonly older: OlderOutput },
  newer: Deployment,
): Synthesized {
  const { files } = output.older;
  const proxy = olderProxySchema.safeParse(parse(files['config.yaml'] ?? '')).data;
  const gateway = gatewaySchema.safeParse(JSON.parse(files['gateway.json'] ?? '{}')).data;
  const { fallbacks: _fallbacks, ...router } = proxy?.router_settings ?? {};
  const model = gateway?.default_model ?? newer.defaults.model;
  const smallModel = gateway?.small_model ?? newer.defaults.smallModel;
  const egress =
    resources(output.template, 'docker_network').get('workspace')?.['internal'] === true ? 'none' : 'internet';
  const { coderUrl: _coderUrl, ...keyProvisioner } = newer.keyProvisioner;
  const { platform, template, form } = output;
  return {
    platform,
    template,
    form,
    deployment: {
      ...newer,
      name: olderName(platform) ?? newer.name,
      models: proxy ? olderModels(proxy, newer) : newer.models,
      defaults: {
        ...newer.defaults,
        model,
        smallModel,
        startWith: Object.fromEntries(
          Object.entries(newer.defaults.startWith).map(([scope, use]) => [
            scope,
            {
              model: use.model === newer.defaults.model ? model : use.model,
              smallModel: use.smallModel === newer.defaults.smallModel ? smallModel : use.smallModel,
            },
          ]),
        ),
      },
      policies: { ...newer.policies, ...olderPolicies(gateway?.policies as OlderPolicies | undefined, newer) },
      litellm: proxy ? { router, settings: proxy.litellm_settings, general: proxy.general_settings } : newer.litellm,
      keyProvisioner: {
        ...keyProvisioner,
        reconcileIntervalSeconds: gateway?.reconcile_interval_s ?? keyProvisioner.reconcileIntervalSeconds,
        confirmWorkspaces: gateway?.confirm_workspaces ?? keyProvisioner.confirmWorkspaces,
        ...(gateway?.coder_url ? { coderUrl: gateway.coder_url } : {}),
      },
      workloads: olderWorkloads(platform, files, newer),
      workspace: {
        ...newer.workspace,
        egress,
        agents: gateway?.agents ?? newer.workspace.agents,
        image: olderImages(output, newer)['workspace'] ?? newer.workspace.image,
      },
      egress: { ...newer.egress, workspaces: egress },
      images: olderImages(output, newer),
      // A volume that `destroy` leaves is none of Terraform's.
      volumes: { keepOnDestroy: !resources(platform, 'docker_volume').has('postgres_data') },
    },
    notCompared: [notCompared(platform, newer)],
  };
}

/** The deployment's name, which begins each container's. */
const olderName = (platform: Stack): string | undefined =>
  /^(.+)-litellm$/.exec(String(resources(platform, 'docker_container').get('litellm')?.['name'] ?? ''))?.[1];

const idOf = (workload: string) => workload.replaceAll('-', '_');

/** Of each workload what its container says: image, memory, user, ports, and the files that were written beside the stack. */
function olderWorkloads(
  platform: Stack,
  written: OlderOutput['files'],
  { workloads }: Deployment,
): Deployment['workloads'] {
  return Object.fromEntries(
    Object.entries(workloads).flatMap(([name, workload]) => {
      const container = running(platform).get(idOf(name));
      if (!container) return [];
      const [uid, gid] = String(container['user'] ?? '')
        .split(':')
        .map(Number);
      const files = Object.entries(workload.files).map(([path, digest]) => {
        const text = written[path.split('/').at(-1) ?? ''];
        return [path, text === undefined ? digest : createHash('sha256').update(text).digest('hex')];
      });
      return [
        [
          name,
          {
            ...workload,
            ...(workload.image.kind === 'reference'
              ? { image: { kind: 'reference' as const, reference: imageOf(container, platform) } }
              : {}),
            files: Object.fromEntries(files),
            memoryMb: Number(container['memory'] ?? workload.memoryMb),
            ...(uid !== undefined && gid !== undefined ? { user: { uid, gid } } : {}),
            published: blocks(container['ports']).map(published),
          },
        ],
      ];
    }),
  );
}

const published = (block: Attributes) => ({
  port: Number(block['internal']),
  hostPort: Number(block['external']),
  bind: String(block['ip'] ?? '0.0.0.0'),
});

function olderImages(
  { platform, template }: Pick<Synthesized, 'platform' | 'template'>,
  { images }: Deployment,
): Deployment['images'] {
  const built = [...resources(platform, 'docker_image').values()].flatMap(({ build }) => blocks(build));
  const baseImage = built.map((block) => (block['build_args'] as Attributes | undefined)?.['BASE_IMAGE']).find(Boolean);
  const container = (name: string) => resources(template, 'docker_container').get(name)?.['image'];
  return Object.fromEntries(
    Object.entries(images).flatMap(([name, reference]) => {
      const here = resources(platform, 'docker_image').get(name)?.['name'];
      const found = name === 'node' ? baseImage : name === 'door' || name === 'workspace' ? container(name) : here;
      return [[name, String(found ?? reference)]];
    }),
  );
}

function notCompared(platform: Stack, { workloads }: Deployment): string {
  const gone = [...running(platform).keys()].filter((id) => !Object.keys(workloads).some((name) => idOf(name) === id));
  return [
    'the base was written by a version without `deployment.json`: models, prices, policies, settings of LiteLLM and the key-provisioner, images, published ports and what Terraform shows are compared;',
    'environment variables, secrets and their rules, health checks, connections, the door and the workspace form are not, so read the diff of `settings/`, `workloads/`, `workspace/` and `catalog/` for those',
    ...(gone.length > 0 ? [`(and this version no longer runs ${gone.join(', ')})`] : []),
  ].join(' ');
}

type OlderPolicies = Record<string, DeployedPolicy>;

/** What requests may ask for besides models is in no `gateway.json`; it is not compared. */
const olderPolicies = (policies: OlderPolicies = {}, newer: Deployment): OlderPolicies =>
  Object.fromEntries(
    Object.entries(policies).map(([scope, policy]) => {
      const { allow } = (newer.policies as unknown as Partial<OlderPolicies>)[scope] ?? {};
      return [scope, { ...policy, ...(allow ? { allow } : {}) }];
    }),
  );
