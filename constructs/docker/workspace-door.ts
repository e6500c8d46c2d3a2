import { Container } from '@cdktf/provider-docker/lib/container';
import type { Network } from '@cdktf/provider-docker/lib/network';
import type { TerraformCount } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import { EDGE_PORT } from '../../workloads/edge';
import { imageOf } from '../../workloads/images';
import type { CoderRoute } from '../../workspace/coder-route';
import { DOOR_HEALTH_PORT, doorConfiguration } from '../../workspace/door-configuration';
import { literal } from '../terraform/literal';
import { healthLabel } from './health';

export interface WorkspaceDoorProps {
  readonly settings: Settings;
  /** Container name, a Terraform expression. */
  readonly name: string;
  /** The workspace's own network. */
  readonly network: Network;
  /** Id of that network, a Terraform expression. */
  readonly networkId: string;
  readonly coderRoute: CoderRoute;
  readonly count: TerraformCount;
  readonly labels: readonly { label: string; value: string }[];
}

/** The alive answer, asked with what the image has: busybox's wget, or bash where there is no wget. */
const HEALTH_TEST = `wget -qO /dev/null http://127.0.0.1:${DOOR_HEALTH_PORT}/alive 2>/dev/null || bash -c 'exec 3<>/dev/tcp/127.0.0.1/${DOOR_HEALTH_PORT} && printf "GET /alive HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q "200 OK" <&3'`;

/**
 * The only neighbour of a workspace: an HAProxy that lets through what {@link doorConfiguration} lists, and that is
 * on the workspace's network and on the platform's `edge` network.
 *
 * @example
 * new WorkspaceDoor(this, 'door', {
 *   settings,
 *   name: 'ai-gateway-door-${data.coder_workspace.me.id}',
 *   network,
 *   networkId: '${docker_network.workspace[0].id}',
 *   coderRoute: coderRoute(settings),
 *   count,
 *   labels: [],
 * });
 */
export class WorkspaceDoor extends Construct {
  readonly container: Container;

  constructor(scope: Construct, id: string, props: WorkspaceDoorProps) {
    super(scope, id);
    const { settings, coderRoute } = props;
    const coder = coderRoute.kind === 'direct' ? undefined : coderRoute;
    const configuration = doorConfiguration({
      litellm: { host: `${settings.name}-edge`, port: EDGE_PORT },
      keyProvisioner: { host: `${settings.name}-key-provisioner`, port: 8100 },
      coder: coder?.upstream,
      requestTimeoutSeconds: settings.litellm.request_timeout_s,
    });
    const health = { test: ['CMD-SHELL', HEALTH_TEST], interval: '3s', timeout: '3s', retries: 3, startPeriod: '5s' };
    this.container = new Container(this, 'Resource', {
      count: props.count,
      name: props.name,
      image: imageOf('door', settings),
      // Files cannot be put into a read-only container, so the configuration comes by the environment.
      env: [`DOOR_CONFIGURATION=${literal(configuration)}`],
      entrypoint: ['sh', '-c'],
      command: ['printf %s "$DOOR_CONFIGURATION" >/tmp/haproxy.cfg && exec haproxy -db -f /tmp/haproxy.cfg'],
      user: '65534:65534',
      readOnly: true,
      tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=1m' },
      capabilities: { drop: ['ALL'] },
      securityOpts: ['no-new-privileges:true'],
      memory: 64,
      memorySwap: 64,
      cpus: '0.5',
      restart: 'unless-stopped',
      // Without an init process HAProxy would ignore SIGTERM.
      init: true,
      stopSignal: 'SIGTERM',
      destroyGraceSeconds: 3,
      networksAdvanced: [
        {
          name: props.networkId,
          aliases: ['litellm', 'key-provisioner', ...(coder?.kind === 'door' ? ['coder'] : [])],
        },
        { name: `${settings.name}-edge` },
        ...(coder?.network === 'uplink' ? [{ name: `${settings.name}-uplink` }] : []),
      ],
      host:
        coder?.upstream.lookup === 'hosts-file' ? [{ host: 'host.docker.internal', ip: 'host-gateway' }] : undefined,
      healthcheck: health,
      wait: true,
      waitTimeout: 60,
      labels: [...props.labels, healthLabel(health)],
      logDriver: 'json-file',
      logOpts: { 'max-size': '1m', 'max-file': '2' },
    });
    this.container.overrideLogicalId('door');
  }
}
