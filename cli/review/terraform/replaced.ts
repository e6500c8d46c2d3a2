import { same } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';
import { type Attributes, resolved, type Stack } from './stack';

const plain = findingsOf('resources');

/** What the Docker provider (4.6) changes about a running container; whatever is not here replaces it. */
const IN_PLACE = new Set([
  ...['memory', 'memory_swap', 'cpu_shares', 'cpu_set', 'cpus', 'cpu_period', 'cpu_quota'],
  ...['restart', 'max_retry_count'],
]);
/** What it changes in its own books only: it reaches the container when that is replaced. */
const NO_EFFECT = new Set(['tmpfs', 'init', 'healthcheck']);
/** What concerns Terraform's own work and not the container. */
const NOT_THE_CONTAINER = new Set([
  ...['wait', 'wait_timeout', 'destroy_grace_seconds', 'depends_on', 'lifecycle', 'must_run', 'start', 'attach'],
  ...['logs', 'rm', 'remove_volumes', 'container_read_refresh_timeout_milliseconds', 'count'],
]);

/** Attributes of a container that are not the same, with what they refer to. */
export function changedAttributes(was: Attributes, before: Stack, is: Attributes, after: Stack): string[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((attribute) => !same(resolved(was[attribute], before), resolved(is[attribute], after)))
    .sort();
}

/** Whether changes of these attributes replace a container. */
export const replaces = (attributes: readonly string[]): string[] =>
  attributes.filter((name) => !IN_PLACE.has(name) && !NO_EFFECT.has(name) && !NOT_THE_CONTAINER.has(name));

/** What applying a change does to one container of the platform: replaced, changed in place, or nothing until later. */
export function compareContainer(
  workload: string,
  name: string,
  attributes: readonly string[],
  comparison: Comparison,
): Finding[] {
  const because = replaces(attributes);
  if (because.length > 0) {
    const volumes = volumesOf(workload, comparison);
    return [
      plain(
        volumes.length > 0 ? 'low' : 'info',
        'replaced',
        `${code(name)} will be replaced (${reasons(workload, because, comparison)}): ${interruption(workload, comparison)}${volumes.length > 0 ? `; its data stays on the volume ${code(...volumes)}` : ''}`,
      ),
    ];
  }
  const [inPlace, later] = [
    attributes.filter((each) => IN_PLACE.has(each)),
    attributes.filter((each) => NO_EFFECT.has(each)),
  ];
  return [
    ...(inPlace.length > 0
      ? [plain('info', 'in-place', `${code(name)} is changed while it runs (${inPlace.join(', ')})`)]
      : []),
    ...(later.length > 0
      ? [
          plain(
            'low',
            'not-applied',
            `a changed ${later.join(', ')} reaches ${code(name)} only when it is replaced: Docker's provider applies it to no running container`,
          ),
        ]
      : []),
  ];
}

/** Volumes that stay what they were. */
function volumesOf(workload: string, { was, is }: Comparison): string[] {
  const names = (of: typeof was) => (of.workloads[workload]?.persistent ?? []).map(({ name }) => `${of.name}-${name}`);
  return names(is).filter((volume) => names(was).includes(volume));
}

/** Attributes in people's words; a label stands for the files or the health check that it is made from. */
function reasons(workload: string, attributes: readonly string[], comparison: Comparison): string {
  const files = comparison.under('workloads', workload, 'files').map(({ path }) => path[3]?.split('/').at(-1));
  const health = comparison.under('workloads', workload, 'health').length > 0;
  const labels = [...(files.length > 0 ? [files.join(', ')] : []), ...(health ? ['health check'] : [])];
  return attributes
    .flatMap((attribute) => (attribute === 'labels' && labels.length > 0 ? labels : (WORDS[attribute] ?? attribute)))
    .join(', ')
    .concat(' changed');
}

const WORDS: Readonly<Record<string, string>> = {
  env: 'environment',
  networks_advanced: 'networks',
  security_opts: 'security options',
  read_only: 'root file system',
  command: 'arguments',
  shm_size: 'shared memory',
  stop_timeout: 'time to stop',
  group_add: 'groups',
};

const OTHERS_SERVE = 'with `make deploy`, the other LiteLLM serve meanwhile';

/** What people notice while a container starts again. */
function interruption(workload: string, { is }: Comparison): string {
  switch (workload) {
    case 'postgres':
      return is.litellm.general['allow_requests_on_db_unavailable'] === true
        ? 'until the database is ready again, requests pass unchecked by any budget'
        : 'until the database is ready again, LiteLLM refuses requests';
    case 'litellm':
      if (is.workloads['litellm-2']) return OTHERS_SERVE;
      return 'requests fail until it is ready again';
    case 'valkey':
      return 'until it is ready again, each LiteLLM counts limits and budgets for itself';
    case 'edge':
      return 'requests fail until it is ready again';
    case 'key-provisioner':
      return 'until it is ready again, workspaces that start wait for their key; keys that exist work';
    case 'coder':
    case 'coder-postgres':
      return 'until it is ready again, Coder does not answer';
    default:
      return /^litellm-\d+$/.test(workload) ? OTHERS_SERVE : 'a short interruption';
  }
}
