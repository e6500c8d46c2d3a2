import type { DeployedWorkload } from '../../../deployment/schema';
import { code, type Finding, findingsOf } from '../finding';

const network = findingsOf('network');

type Published = DeployedWorkload['published'][number];
type Connection = DeployedWorkload['connects'][number];

const isLoopback = (address: string) => /^(127\.|::1$|\[::1\]$)/.test(address);
const isDatabase = (workload: string) => /postgres|database/i.test(workload);
const portText = ({ bind, hostPort, port }: Published) => `${bind}:${hostPort}→${port}`;

/** Ports that a workload offers on the host, and whom it reaches. @param old undefined for a new one */
export function compareReach(
  name: string,
  container: string,
  old: DeployedWorkload | undefined,
  now: DeployedWorkload,
): Finding[] {
  return [
    ...ports(name, container, old?.published ?? [], now.published),
    ...(old ? connections(name, container, old.connects, now.connects) : []),
  ];
}

function ports(name: string, container: string, old: readonly Published[], now: readonly Published[]): Finding[] {
  const missing = (from: readonly Published[], other: readonly Published[]) =>
    from.filter((port) => !other.some((each) => portText(each) === portText(port)));
  const paths = [['workloads', name, 'published']];
  return [
    ...missing(now, old).map((port) => {
      const open = !isLoopback(port.bind);
      return network(
        open ? 'high' : 'low',
        'published',
        `${code(container)} publishes ${code(portText(port))}${open ? ': reachable from other machines' : ''}`,
        paths,
      );
    }),
    ...missing(old, now).map((port) =>
      network('low', 'published', `${code(container)} no longer publishes ${code(portText(port))}`, paths),
    ),
  ];
}

function connections(
  name: string,
  container: string,
  old: readonly Connection[],
  now: readonly Connection[],
): Finding[] {
  const id = ({ to, port }: Connection) => `${to}/${port}`;
  const missing = (from: readonly Connection[], other: readonly Connection[]) =>
    from.filter((connection) => !other.some((each) => id(each) === id(connection)));
  const path = (connection: Connection) => [['workloads', name, 'connects', id(connection)]];
  const where = ({ to, port }: Connection) => (to === 'internet' ? 'the internet' : code(`${to}:${port}`));
  return [
    ...missing(now, old).map((connection) => {
      const database = isDatabase(connection.to);
      return network(
        // A database that can reach somebody sends its data there; who reaches a database can read it.
        database || isDatabase(name) ? 'high' : 'medium',
        'connection',
        `${code(container)} can reach ${where(connection)}${database ? ': the database' : ''}`,
        path(connection),
      );
    }),
    ...missing(old, now).map((connection) =>
      network('medium', 'connection', `${code(container)} can no longer reach ${where(connection)}`, path(connection)),
    ),
  ];
}
