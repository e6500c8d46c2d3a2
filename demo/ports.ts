import { exclusively } from '../runtime/installation/exclusively';
import type { Work } from '../runtime/installation/work';
import { Problem } from '../runtime/problem';
import { freePort, portIsTaken, requirePort } from '../runtime/processes/ports';
import type { Registry } from './registry';

export interface Ports {
  /** The edge's: the one that clients call. */
  readonly gateway: number;
  /** LiteLLM's own. */
  readonly litellm: number;
  readonly provisioner: number;
  readonly postgres: number;
}

export interface PortRequest {
  /** Asked for by the user: this one or an error. */
  readonly gateway?: number | undefined;
  readonly provisioner?: number | undefined;
  /** Preferred; others are used where these are taken. */
  readonly usualGateway: number;
  readonly usualProvisioner: number;
}

/** What is registered of a demo beside its ports. */
export interface ClaimedDemo {
  readonly directory: string;
  readonly keep: boolean;
}

/** Two demos cannot share a directory; the second must not remove it when it fails. */
export class DirectoryInUse extends Problem {}

const FLAGS = { gateway: '--gateway-port', provisioner: '--provisioner-port' } as const;

/**
 * Chooses ports that no running process and no starting demo uses, and registers this demo with them.
 *
 * @throws Problem where a port that the user asked for is taken; DirectoryInUse where another demo runs in the directory
 */
export function claimPorts(registry: Registry, request: PortRequest, demo: ClaimedDemo, work: Work): Promise<Ports> {
  return exclusively(registry.lockDirectory, work, async () => {
    await requireUnused(registry, demo.directory);
    const reserved = await portsOfDemos(registry);
    const choose = async (port: Promise<number>) => {
      reserved.push(await port);
      return port;
    };
    const { usualGateway, usualProvisioner } = request;
    const gateway = await choose(
      request.gateway === undefined
        ? freePort(usualGateway, reserved)
        : requirePort(request.gateway, FLAGS.gateway, reserved),
    );
    const provisioner = await choose(
      request.provisioner === undefined
        ? freePort(usualProvisioner, reserved)
        : requirePort(request.provisioner, FLAGS.provisioner, reserved),
    );
    const postgres = await choose(freePort(0, reserved));
    const ports: Ports = { gateway, provisioner, postgres, litellm: await freePort(0, reserved) };
    await register(registry, demo, ports);
    return ports;
  });
}

/**
 * Chooses another port for a service that lost its own to another process before it listened, and registers it.
 *
 * @returns all ports, the new one among them
 * @throws Problem where the user asked for the port that was taken
 */
export function replacePort(
  registry: Registry,
  request: PortRequest,
  demo: ClaimedDemo,
  ports: Ports,
  service: keyof Ports,
  work: Work,
): Promise<Ports> {
  if ((service === 'gateway' || service === 'provisioner') && request[service] !== undefined) {
    throw portIsTaken(ports[service], FLAGS[service]);
  }
  return exclusively(registry.lockDirectory, work, async () => {
    // This demo's own ports are among them, the one that was taken included.
    const port = await freePort(0, await portsOfDemos(registry));
    const replaced = { ...ports, [service]: port };
    await register(registry, demo, replaced);
    return replaced;
  });
}

async function requireUnused(registry: Registry, directory: string): Promise<void> {
  const [other] = (await registry.running()).filter(
    (entry) => entry.directory === directory && entry.pid !== process.pid,
  );
  if (!other) return;
  throw new DirectoryInUse(
    `a demo is already running in ${directory} (process ${other.pid}); stop it with npm run demo:stop -- --directory ${directory}, or name another directory`,
  );
}

const portsOfDemos = async (registry: Registry): Promise<number[]> =>
  (await registry.running()).flatMap((entry) => entry.ports);

const register = (registry: Registry, { directory, keep }: ClaimedDemo, ports: Ports): Promise<void> =>
  registry.add({ directory, keep, ports: [ports.gateway, ports.provisioner, ports.postgres, ports.litellm] });
