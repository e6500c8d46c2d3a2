import { createHash } from 'node:crypto';
import { type EnvValue, secretsOf } from '../workloads/value';
import type { Connection, Quantity, Workload } from '../workloads/workload';
import type { DeployedWorkload, EnvironmentValue } from './schema';

/**
 * A workload as `deployment.json` describes it. The only file of this room that knows the type `Workload`.
 */
export function describeWorkload(workload: Workload): DeployedWorkload {
  const { files, arguments: arguments_, health } = workload;
  const value = (text: EnvValue) => environmentValue(text, files?.directory ?? '');
  return {
    ...(workload.service ? { service: workload.service } : {}),
    image: workload.image,
    ...(workload.entrypoint ? { entrypoint: workload.entrypoint.map(value) } : {}),
    ...(arguments_ ? { arguments: arguments_.map(value) } : {}),
    environment: Object.fromEntries(sorted(workload.environment).map(([name, text]) => [name, value(text)])),
    secrets: receivedSecrets(workload),
    files: Object.fromEntries(
      (files?.files ?? []).map(({ name, content }) => [
        `${files?.directory}/${name}`,
        createHash('sha256').update(content).digest('hex'),
      ]),
    ),
    connects: workload.connects.map((connection) => ({ ...connection })).sort(byTarget),
    ports: workload.ports.map((port) => ({ ...port })),
    published: workload.published.map((port) => ({ ...port })).sort((a, b) => a.port - b.port),
    ...(workload.takesOverFrom ? { takesOverFrom: workload.takesOverFrom } : {}),
    health: { ...health, command: [...health.command] },
    memoryMb: fixed(workload.memoryMb),
    ...(workload.sharedMemoryMb === undefined ? {} : { sharedMemoryMb: workload.sharedMemoryMb }),
    user: { ...workload.user },
    scratch: workload.scratch.map((directory) => ({ ...directory })),
    persistent: workload.persistent.map(({ name, path, sizeGb }) => ({ name, path, sizeGb: fixed(sizeGb) })),
    dependsOn: [...workload.dependsOn].sort(),
    stopGraceSeconds: workload.stopGraceSeconds,
    // What the type promises of every workload; the stack shows what became of it.
    privileges: {
      readOnlyRoot: !workload.writableRoot,
      capabilities: [],
      gainsPrivileges: false,
      managesWorkspaces: workload.managesWorkspaces ?? false,
    },
  };
}

const byTarget = (a: Connection, b: Connection) => (a.to < b.to ? -1 : a.to > b.to ? 1 : (a.port ?? 0) - (b.port ?? 0));

/** What the platform runs is the same for everybody; only a workspace's sizes are chosen in its form. */
function fixed(quantity: Quantity): number {
  if (typeof quantity === 'number') return quantity;
  throw new Error(`a size of the platform depends on "${quantity.parameter}", a parameter of workspaces`);
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
    case 'workspace':
      return `{workspace ${value.fact}}`;
    case 'parameter':
    case 'choice':
      return `{parameter ${value.parameter}}`;
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
