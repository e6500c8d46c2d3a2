import type { Settings } from '../settings/schema';
import type { Upstream } from './door-configuration';

/**
 * How a workspace's agent reaches Coder.
 *
 * - `direct`: as any other address; Coder on this host is `host.docker.internal`.
 * - `door`: through the door, under the name `coder` (`http`).
 * - `door-tls`: through the door under Coder's own name, so that its certificate fits (`https`).
 */
export type CoderRoute =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'door' | 'door-tls';
      readonly upstream: Upstream;
      /** Which platform network leads the door to Coder: its inner one, or the one with a way out. */
      readonly network: 'edge' | 'uplink';
    };

/** Port of the Coder server that the platform runs. */
const CODER_SERVER_PORT = 7080;

/** How the workspaces of a deployment reach Coder. */
export function coderRoute(settings: Settings): CoderRoute {
  const { coder, workspace, name } = settings;
  if (coder.server)
    return { kind: 'door', upstream: { host: `${name}-coder`, port: CODER_SERVER_PORT }, network: 'edge' };
  // The settings are refused where a sealed workspace has no address of Coder.
  if (workspace.egress === 'internet' || !coder.url) return { kind: 'direct' };
  const { protocol, hostname, port } = new URL(coder.url);
  const onHost = ['localhost', '127.0.0.1', 'host.docker.internal'].includes(hostname);
  const upstream: Upstream = {
    host: onHost ? 'host.docker.internal' : hostname,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    lookup: onHost ? 'hosts-file' : 'dns',
  };
  return { kind: protocol === 'https:' ? 'door-tls' : 'door', upstream, network: 'uplink' };
}
