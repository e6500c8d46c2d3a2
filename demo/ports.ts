import { exclusively } from '../runtime/installation/exclusively';
import type { Work } from '../runtime/installation/work';
import { freePort, requirePort } from '../runtime/processes/ports';
import type { Registry } from './registry';

export interface Ports {
  /** The edge's: what everybody calls. */
  readonly gateway: number;
  /** LiteLLM's own. */
  readonly litellm: number;
  readonly provisioner: number;
  readonly postgres: number;
}

export interface PortWishes {
  /** Asked for: taken or refused. */
  readonly gateway?: number;
  readonly provisioner?: number;
  /** Nice to have. */
  readonly usualGateway: number;
  readonly usualProvisioner: number;
}

/** Chooses ports that neither anything that runs nor a demo that is just starting uses, and registers this demo with them. */
export function claimPorts(
  registry: Registry,
  wishes: PortWishes,
  demo: { readonly directory: string; readonly keep: boolean },
  work: Work,
): Promise<Ports> {
  return exclusively(registry.lockDirectory, work, async () => {
    const taken = (await registry.running()).flatMap((entry) => entry.ports);
    const gateway =
      wishes.gateway === undefined
        ? await freePort(wishes.usualGateway, taken)
        : await requirePort(wishes.gateway, '--gateway-port', taken);
    taken.push(gateway);
    const provisioner =
      wishes.provisioner === undefined
        ? await freePort(wishes.usualProvisioner, taken)
        : await requirePort(wishes.provisioner, '--provisioner-port', taken);
    taken.push(provisioner);
    const postgres = await freePort(0, taken);
    const litellm = await freePort(0, [...taken, postgres]);
    await registry.add({ ...demo, ports: [gateway, provisioner, postgres, litellm] });
    return { gateway, provisioner, postgres, litellm };
  });
}
