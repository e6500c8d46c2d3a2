import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { imageOf } from '../workloads/images';
import { EnvValue, type WorkloadName } from '../workloads/value';
import type { Connection, Workload } from '../workloads/workload';
import { type CoderRoute, coderRoute } from './coder-route';
import { type DoorConfigurationProps, doorConfiguration, type Upstream } from './door-configuration';

/** The names under which a door finds others, in one runtime. */
export interface DoorNames {
  /** Of a workload of the platform. */
  readonly workload: (name: WorkloadName) => string;
  /** Of the machine that runs the containers; only a hosts file has it. */
  readonly thisHost: string;
  /** DNS server, `address:port`, or `resolv.conf`. */
  readonly nameserver: string;
}

/** What a door takes on at once. */
export type DoorCapacity = Pick<DoorConfigurationProps, 'connections' | 'concurrency' | 'largeAtOnce'>;

/** The alive answer, asked with what the image has: busybox's wget, or bash where there is no wget. */
const HEALTH_TEST = `wget -qO /dev/null http://127.0.0.1:${PORTS.doorHealth}/alive 2>/dev/null || bash -c 'exec 3<>/dev/tcp/127.0.0.1/${PORTS.doorHealth} && printf "GET /alive HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q "200 OK" <&3'`;

/**
 * The only neighbour of a workspace: an HAProxy that lets through what {@link doorConfiguration} lists.
 *
 * @param capacity - of a door that several workspaces share
 * @throws Error where `coder.url` is no address that a door can lead to
 */
export function door(settings: Settings, names: DoorNames, capacity: DoorCapacity = {}): Workload {
  const route = coderRoute(settings);
  const coder = coderUpstream(route, names);
  const configuration = doorConfiguration({
    litellm: { host: names.workload('edge'), port: PORTS.edge },
    keyProvisioner: { host: names.workload('key-provisioner'), port: PORTS.keyProvisioner },
    ...(coder ? { coder } : {}),
    requestTimeoutSeconds: settings.litellm.request_timeout_s,
    nameserver: names.nameserver,
    ...capacity,
  });
  return {
    name: 'door',
    image: { kind: 'reference', reference: imageOf('door', settings) },
    // Files cannot be put into a read-only container, so the configuration comes by the environment.
    entrypoint: [EnvValue.literal('sh'), EnvValue.literal('-c')],
    arguments: [
      EnvValue.literal('printf %s "$DOOR_CONFIGURATION" >/tmp/haproxy.cfg && exec haproxy -db -f /tmp/haproxy.cfg'),
    ],
    environment: { DOOR_CONFIGURATION: EnvValue.literal(configuration) },
    connects: [
      { to: 'edge', port: PORTS.edge },
      { to: 'key-provisioner', port: PORTS.keyProvisioner },
      ...coderConnection(route),
    ],
    ports: [
      { name: 'http', port: PORTS.edge },
      { name: 'key-provisioner', port: PORTS.keyProvisioner },
      ...(coder ? [{ name: 'coder', port: coder.listenPort ?? coder.port }] : []),
    ],
    published: [],
    health: {
      command: ['sh', '-c', HEALTH_TEST],
      intervalSeconds: 3,
      timeoutSeconds: 3,
      retries: 3,
      startPeriodSeconds: 15,
    },
    memoryMb: 64,
    cpus: 0.5,
    user: { uid: 65534, gid: 65534 },
    scratch: [{ path: '/tmp', megabytes: 1 }],
    persistent: [],
    dependsOn: [],
    stopGraceSeconds: 3,
    // Without an init process HAProxy would ignore SIGTERM.
    init: true,
    stopSignal: 'SIGTERM',
  };
}

/** Where the door forwards Coder's connections to, if workspaces reach Coder through it. */
function coderUpstream(route: CoderRoute, names: DoorNames): Upstream | undefined {
  if (route.kind === 'direct') return undefined;
  const { address } = route;
  switch (address.kind) {
    case 'workload':
      return { host: names.workload('coder'), port: address.port };
    case 'this-host':
      return { host: names.thisHost, port: address.port, lookup: 'hosts-file' };
    case 'host':
      return { host: address.host, port: address.port, lookup: 'dns' };
  }
}

function coderConnection(route: CoderRoute): Connection[] {
  if (route.kind === 'direct') return [];
  return route.address.kind === 'workload' ? [{ to: 'coder', port: route.address.port }] : [{ to: 'internet' }];
}
