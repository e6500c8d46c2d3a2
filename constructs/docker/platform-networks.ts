import { Network } from '@cdktf/provider-docker/lib/network';
import { Construct } from 'constructs';
import type { WorkloadName } from '../../workloads/value';
import type { Workload } from '../../workloads/workload';

/** Where workspaces' doors stand, and whoever they lead to. */
const DOORS = 'edge';
/** The way out, and the way in from the host's ports. The only network with a way out. */
const UPLINK = 'uplink';
/** Names that differ from their workload's; another name would replace the networks of running deployments. */
const NAMES: Partial<Record<WorkloadName, string>> = {
  postgres: 'database',
  litellm: 'gateway',
  'coder-postgres': 'coder-database',
};
/** The order in which networks are declared. */
const ORDER = ['database', 'gateway', DOORS, UPLINK, 'coder-database'];

/**
 * The networks a workload is on, derived from who connects to whom. Each workload that others connect to has a network with
 * them; those that doors connect to share one, as a door is on as few networks as possible.
 *
 * @param all - every workload that may connect to another, doors included
 */
export function networksOf(workload: Workload, all: readonly Workload[]): string[] {
  const doorTargets = all.filter(({ name }) => name === 'door').flatMap(({ connects }) => connects.map(({ to }) => to));
  const networkOf = (target: WorkloadName) => (doorTargets.includes(target) ? DOORS : (NAMES[target] ?? target));
  const targets = workload.connects.flatMap(({ to }) => (to === 'internet' ? [] : [to]));
  const service = workload.service ?? workload.name;
  const isTarget = all.some(({ connects }) => connects.some(({ to }) => to === service));
  const names = new Set([...targets, ...(isTarget ? [service] : [])].map(networkOf));
  const hasWayOut = workload.connects.some(({ to }) => to === 'internet');
  if (hasWayOut || workload.published.length > 0) names.add(UPLINK);
  return [...names].sort();
}

export interface PlatformNetworksProps {
  /** Prefix of the networks' names. */
  readonly name: string;
  readonly workloads: readonly Workload[];
  /** What connects to the workloads from outside the stack: the doors of workspaces. @default - nothing does */
  readonly clients?: readonly Workload[];
}

/**
 * The platform's networks. Containers refer to them by id, so that a changed network replaces its dependants in order.
 *
 * @example
 * const networks = new PlatformNetworks(this, 'networks', { name: 'ai-gateway', workloads, clients: [door(settings)] });
 * networks.of(workload); // [{ name: 'database', id: … }, …]
 */
export class PlatformNetworks extends Construct {
  private readonly networks = new Map<string, Network>();
  private readonly all: readonly Workload[];

  constructor(scope: Construct, id: string, { name, workloads, clients = [] }: PlatformNetworksProps) {
    super(scope, id);
    this.all = [...workloads, ...clients];
    const needed = new Set(workloads.flatMap((workload) => networksOf(workload, this.all)));
    for (const network of [...needed].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))) {
      const created = new Network(this, network, { name: `${name}-${network}`, internal: network !== UPLINK });
      created.overrideLogicalId(network.replaceAll('-', '_'));
      this.networks.set(network, created);
    }
  }

  /** The networks of a workload, sorted by name. */
  of(workload: Workload): { readonly name: string; readonly id: string; readonly isForDoors: boolean }[] {
    return networksOf(workload, this.all).flatMap((name) => {
      const network = this.networks.get(name);
      return network ? [{ name, id: network.id, isForDoors: name === DOORS }] : [];
    });
  }
}

const rank = (network: string) => (ORDER.includes(network) ? ORDER.indexOf(network) : ORDER.length);
