import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';

/** Where Coder is: in the platform, on the machine that runs the containers, or anywhere else. */
export type CoderAddress =
  | { readonly kind: 'workload'; readonly port: number }
  | { readonly kind: 'this-host'; readonly port: number }
  | { readonly kind: 'host'; readonly host: string; readonly port: number };

/**
 * How a workspace's agent reaches Coder.
 *
 * - `direct`: as any other address.
 * - `door`: through the door, under the name `coder` (`http`).
 * - `door-tls`: through the door under Coder's own name, so that its certificate fits (`https`).
 */
export type CoderRoute =
  | { readonly kind: 'direct' }
  | { readonly kind: 'door' | 'door-tls'; readonly address: CoderAddress };

/** How the workspaces of a deployment reach Coder. */
export function coderRoute({ coder, workspace, target }: Settings): CoderRoute {
  // A policy lets workspaces reach Coder's pods, whatever else they reach.
  if (target === 'kubernetes') return { kind: 'direct' };
  if (coder.server) return { kind: 'door', address: { kind: 'workload', port: PORTS.coder } };
  // The settings are refused where a sealed workspace has no address of Coder.
  if (workspace.egress === 'internet' || !coder.url) return { kind: 'direct' };
  const { protocol, hostname, port: given } = new URL(coder.url);
  const port = Number(given || (protocol === 'https:' ? 443 : 80));
  const address: CoderAddress = THIS_HOST.includes(hostname)
    ? { kind: 'this-host', port }
    : { kind: 'host', host: hostname, port };
  return { kind: protocol === 'https:' ? 'door-tls' : 'door', address };
}

const THIS_HOST = ['localhost', '127.0.0.1', 'host.docker.internal'];
