import { PORTS } from '../settings/ports';
import type { Settings } from '../settings/schema';
import { EnvValue } from '../workloads/value';
import type { Connection, Workload } from '../workloads/workload';
import { coderRoute } from './coder-route';
import { workspaceEnvironment } from './environment';
import { workspaceImage } from './image';
import type { ParameterName } from './parameters';

/** The container a person works in. Of the platform it reaches its door, and nothing else. */
export const workspace = (settings: Settings): Workload => ({
  name: 'workspace',
  image: { kind: 'reference', reference: workspaceImage(settings) },
  entrypoint: [
    ...['workspace-entrypoint', 'sh', '-c'].map((text) => EnvValue.literal(text)),
    EnvValue.workspace('agentScript'),
  ],
  environment: workspaceEnvironment(settings),
  connects: connections(settings),
  ports: [],
  published: [],
  health: {
    command: ['curl', '-fsS', '-o', '/dev/null', `http://127.0.0.1:${PORTS.codeServer}/healthz`],
    intervalSeconds: 30,
    timeoutSeconds: 5,
    retries: 3,
    startPeriodSeconds: 120,
  },
  memoryMb: { parameter: 'memory' satisfies ParameterName },
  cpus: { parameter: 'cpu' satisfies ParameterName },
  maxProcesses: 16384,
  user: { uid: 1000, gid: 1000 },
  writableRoot: true,
  scratch: [],
  persistent: [{ name: 'home', path: '/home/coder', sizeGb: { parameter: 'disk' satisfies ParameterName } }],
  dependsOn: ['door'],
  stopGraceSeconds: 10,
  init: true,
});

function connections(settings: Settings): Connection[] {
  const route = coderRoute(settings);
  return [
    { to: 'door', port: PORTS.edge },
    { to: 'door', port: PORTS.keyProvisioner },
    ...(route.kind === 'direct' ? [] : [{ to: 'door', port: route.address.port } as const]),
    ...(settings.workspace.egress === 'internet' ? [{ to: 'internet' } as const] : []),
  ];
}
