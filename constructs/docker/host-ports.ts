import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Settings } from '../../settings/schema';
import type { Workload } from '../../workloads/workload';
import { publishesHere, takenPorts } from './taken-ports';

/**
 * What is wrong with each port of the settings that another program listens on, for people: Docker would find it half-way through
 * the apply. Those that the deployment has already are no obstacle.
 *
 * @param stateFile - the platform's local Terraform state, which need not exist
 */
export async function portProblems(
  settings: Settings,
  workloads: readonly Workload[],
  stateFile: string,
): Promise<string[]> {
  if (!publishesHere(settings.docker.host)) return [];
  const wanted = workloads.flatMap(({ name, published }) =>
    published.map(({ bind, hostPort }) => ({ container: `${settings.name}-${name}`, bind, port: hostPort })),
  );
  return takenPorts(wanted, deployedPorts(stateFile));
}

/** The part of Terraform's state, version 4, that says which ports of the host the deployed containers have. */
const stateSchema = z.object({
  resources: z.array(
    z.object({
      type: z.string(),
      instances: z.array(
        z.object({
          attributes: z
            .object({ ports: z.array(z.object({ ip: z.string(), external: z.number() })).nullish() })
            .nullish()
            .catch(undefined),
        }),
      ),
    }),
  ),
});

/** Ports of the containers that a local state knows; none where there is no state, or none that can be read: Terraform says so. */
export function deployedPorts(stateFile: string): { bind: string; port: number }[] {
  if (!existsSync(stateFile)) return [];
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(stateFile, 'utf8'));
  } catch {
    return [];
  }
  return (stateSchema.safeParse(state).data?.resources ?? [])
    .filter(({ type }) => type === 'docker_container')
    .flatMap(({ instances }) => instances.flatMap(({ attributes }) => attributes?.ports ?? []))
    .map(({ ip, external }) => ({ bind: ip, port: external }));
}
