import { createHash } from 'node:crypto';
import { type EnvValue, secretsOf } from '../workloads/value';
import type { Workload } from '../workloads/workload';
import type { DeployedWorkload, EnvironmentValue } from './schema';

/**
 * A workload as `deployment.json` describes it. The only file of this room that knows the type `Workload`.
 *
 * @param all every workload of the deployment: which of them one reaches
 */
export function describeWorkload(workload: Workload, all: readonly Workload[]): DeployedWorkload {
  const { files, arguments: arguments_, health } = workload;
  const value = (text: EnvValue) => environmentValue(text, files?.directory ?? '');
  const [uid = 0, gid = 0] = workload.user.split(':').map(Number);
  return {
    image: workload.image,
    ...(arguments_ ? { arguments: arguments_.map(value) } : {}),
    environment: Object.fromEntries(sorted(workload.environment).map(([name, text]) => [name, value(text)])),
    secrets: receivedSecrets(workload),
    files: Object.fromEntries(
      (files?.files ?? []).map(({ name, content }) => [
        `${files?.directory}/${name}`,
        createHash('sha256').update(content).digest('hex'),
      ]),
    ),
    connects: connections(workload, all),
    ports: servicePorts(workload),
    published: workload.ports
      .map(({ internal, external, bind }) => ({ port: internal, hostPort: external, bind }))
      .sort((a, b) => a.port - b.port),
    health: { ...health, command: [...health.command] },
    memoryMb: workload.memoryMb,
    ...(workload.sharedMemoryMb === undefined ? {} : { sharedMemoryMb: workload.sharedMemoryMb }),
    user: { uid, gid },
    scratch: workload.scratch.map((directory) => ({ ...directory })),
    persistent: workload.kept.map((directory) => ({ ...directory })),
    dependsOn: [...workload.after].sort(),
    stopGraceSeconds: workload.stopGrace,
    // What the type promises of every workload; the stack shows what became of it.
    privileges: {
      readOnlyRoot: true,
      capabilities: [],
      gainsPrivileges: false,
      managesWorkspaces: workload.managesContainers ?? false,
    },
  };
}

/** The port that others find a workload's service at. */
const SERVICES: Readonly<Record<Workload['name'], { readonly name: string; readonly port: number }>> = {
  postgres: { name: 'postgresql', port: 5432 },
  'coder-postgres': { name: 'postgresql', port: 5432 },
  litellm: { name: 'http', port: 4000 },
  edge: { name: 'http', port: 4000 },
  'key-provisioner': { name: 'http', port: 8100 },
  coder: { name: 'http', port: 7080 },
};

const servicePorts = ({ name }: Workload) => [SERVICES[name]];

/** Whoever shares a network reaches the other; `uplink` is the way to the internet. */
function connections(workload: Workload, all: readonly Workload[]): DeployedWorkload['connects'] {
  const neighbours = all.filter(
    (other) =>
      other.name !== workload.name &&
      other.networks.some((network) => network !== 'uplink' && workload.networks.includes(network)),
  );
  return [
    ...neighbours.map(({ name }) => ({ to: name, port: SERVICES[name].port })),
    ...(workload.networks.includes('uplink') ? [{ to: 'internet', port: 443 }] : []),
  ].sort((a, b) => (a.to < b.to ? -1 : 1));
}

function environmentValue(value: EnvValue, directory: string): EnvironmentValue {
  return {
    value: textOf(value, directory),
    secrets: secretsOf(value),
    ...(value.kind === 'variable' && value.optional ? { optional: true } : {}),
  };
}

function textOf(value: EnvValue, directory: string): string {
  switch (value.kind) {
    case 'literal':
      return value.text;
    case 'variable':
      return `{${value.secret}}`;
    case 'derived':
      return `{${value.secret} for ${value.purpose}}`;
    case 'reference':
      return `${value.workload}:${value.port}`;
    case 'path':
      return `${directory}/${value.file}`;
    case 'joined':
      return value.parts.map((part) => textOf(part, directory)).join('');
  }
}

function receivedSecrets({ environment }: Workload): Record<string, string[]> {
  const received: Record<string, string[]> = {};
  for (const [name, value] of sorted(environment)) {
    for (const secret of secretsOf(value)) received[secret] = [...(received[secret] ?? []), name];
  }
  return received;
}

const sorted = <T>(record: Readonly<Record<string, T>>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
