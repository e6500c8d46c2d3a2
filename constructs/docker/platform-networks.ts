import { Network } from '@cdktf/provider-docker/lib/network';
import { Construct } from 'constructs';
import type { NetworkName } from '../../workloads/workload';

export interface PlatformNetworksProps {
  /** Prefix of the networks' names. */
  readonly name: string;
  /** Networks that some workload is on. */
  readonly needed: readonly NetworkName[];
}

/** Whether containers of a network reach anything outside it. */
const INTERNAL: Readonly<Record<NetworkName, boolean>> = {
  database: true,
  gateway: true,
  edge: true,
  uplink: false,
  'coder-database': true,
};

/**
 * The platform's networks. Containers refer to them by id, so that a changed network replaces its dependants in order.
 *
 * @example
 * const networks = new PlatformNetworks(this, 'networks', { name: 'ai-gateway', needed: ['database', 'edge'] });
 * networks.id('edge'); // of ai-gateway-edge; networks.id('uplink') throws, as nothing is on it
 */
export class PlatformNetworks extends Construct {
  private readonly networks = new Map<NetworkName, Network>();

  constructor(scope: Construct, id: string, props: PlatformNetworksProps) {
    super(scope, id);
    for (const network of Object.keys(INTERNAL) as NetworkName[]) {
      if (!props.needed.includes(network)) continue;
      const created = new Network(this, network, { name: `${props.name}-${network}`, internal: INTERNAL[network] });
      created.overrideLogicalId(network.replaceAll('-', '_'));
      this.networks.set(network, created);
    }
  }

  /** @throws Error for a network that no workload asked for */
  id(network: NetworkName): string {
    const found = this.networks.get(network);
    if (!found)
      throw new Error(`no workload is on the network "${network}"; there are ${[...this.networks.keys()].join(', ')}`);
    return found.id;
  }
}
