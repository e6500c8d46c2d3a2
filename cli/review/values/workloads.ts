import type { DeployedWorkload } from '../../../deployment/schema';
import { compareKeys, same } from '../changes';
import { type Comparison, mapOf } from '../comparison';
import { code, type Finding, findingsOf, type Severity, value } from '../finding';
import { compareEnvironment } from './environment';
import { compareReach } from './reach';

const plain = findingsOf('resources');
const privileges = findingsOf('privileges');

/** What changes about the parts of the platform: added, removed, secrets, ports, connections, limits, health. */
export function compareWorkloads(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  const { added, removed, both } = compareKeys(mapOf(was.workloads), mapOf(is.workloads));
  const containerOf = (workload: string) => `${is.name}-${workload}`;
  return [
    ...removed.map(([name]) =>
      plain('medium', 'removed', `the container ${code(`${was.name}-${name}`)} is removed`, [['workloads', name]]),
    ),
    ...added.flatMap(([name, workload]) => [
      plain('low', 'added', `a new container: ${code(containerOf(name))}`, [['workloads', name]]),
      ...compareReach(name, containerOf(name), undefined, workload),
      ...Object.entries(workload.secrets).map(([secret, names]) =>
        findingsOf('secrets')(
          'medium',
          'given',
          `${code(containerOf(name))} is given the secret ${code(secret)} as ${code(...names)}`,
        ),
      ),
    ]),
    ...both.flatMap(([name, old, now]) => [
      ...compareReach(name, containerOf(name), old, now),
      ...compareEnvironment(name, containerOf(name), old, now),
      ...limits(name, containerOf(name), old, now, comparison),
      ...rights(name, containerOf(name), old, now),
    ]),
  ];
}

function limits(
  name: string,
  container: string,
  old: DeployedWorkload,
  now: DeployedWorkload,
  comparison: Comparison,
): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Severity, rule: string, field: string, text: string) =>
    found.push(plain(severity, rule, text, comparison.paths('workloads', name, field)));
  if (old.memoryMb !== now.memoryMb)
    say(
      now.memoryMb < old.memoryMb ? 'medium' : 'info',
      'memory',
      'memoryMb',
      `${code(container)} may use ${now.memoryMb} MB of memory instead of ${old.memoryMb} MB`,
    );
  if (old.sharedMemoryMb !== now.sharedMemoryMb && old.memoryMb === now.memoryMb)
    say(
      'low',
      'memory',
      'sharedMemoryMb',
      `${code(container)} has ${now.sharedMemoryMb ?? 'the default size in'} MB of shared memory instead of ${old.sharedMemoryMb ?? 'the default'}`,
    );
  if (!same(old.health, now.health)) say('info', 'health', 'health', `the health check of ${code(container)} changes`);
  if (!same(old.dependsOn, now.dependsOn))
    say(
      'low',
      'order',
      'dependsOn',
      `${code(container)} starts after ${code(...now.dependsOn) || 'nothing'} instead of ${code(...old.dependsOn) || 'nothing'}`,
    );
  if (old.stopGraceSeconds !== now.stopGraceSeconds)
    say(
      'low',
      'stop',
      'stopGraceSeconds',
      `${code(container)} may take ${now.stopGraceSeconds} s to stop instead of ${old.stopGraceSeconds} s`,
    );
  for (const field of ['entrypoint', 'arguments'] as const) {
    const text = (workload: DeployedWorkload) => workload[field]?.map((argument) => argument.value).join(' ');
    if (!same(old[field], now[field]))
      say('low', 'command', field, `${code(container)} starts with ${value(text(now))} instead of ${value(text(old))}`);
  }
  return found;
}

function rights(name: string, container: string, old: DeployedWorkload, now: DeployedWorkload): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Severity, rule: string, field: readonly string[], text: string) =>
    found.push(privileges(severity, rule, `${code(container)} ${text}`, [['workloads', name, ...field]]));
  if (!same(old.user, now.user))
    say(
      now.user.uid === 0 ? 'high' : 'low',
      'user',
      ['user'],
      now.user.uid === 0
        ? 'runs as root'
        : `runs as user ${now.user.uid}:${now.user.gid} instead of ${old.user.uid}:${old.user.gid}`,
    );
  const [was, is] = [old.privileges, now.privileges];
  if (was.managesWorkspaces !== is.managesWorkspaces)
    say(
      is.managesWorkspaces ? 'high' : 'info',
      'manages-workspaces',
      ['privileges', 'managesWorkspaces'],
      `${is.managesWorkspaces ? 'starts and stops containers itself' : 'no longer starts and stops containers'}`,
    );
  if (was.readOnlyRoot !== is.readOnlyRoot)
    say(
      is.readOnlyRoot ? 'info' : 'medium',
      'root-file-system',
      ['privileges', 'readOnlyRoot'],
      is.readOnlyRoot ? 'has a read-only root file system' : 'may write to its root file system',
    );
  if (was.gainsPrivileges !== is.gainsPrivileges)
    say(
      is.gainsPrivileges ? 'high' : 'info',
      'new-privileges',
      ['privileges', 'gainsPrivileges'],
      is.gainsPrivileges ? 'may gain privileges (no `no-new-privileges`)' : 'can gain no privileges',
    );
  if (!same(was.capabilities, is.capabilities))
    say(
      is.capabilities.some((each) => !was.capabilities.includes(each)) ? 'high' : 'info',
      'capabilities',
      ['privileges', 'capabilities'],
      `has the capabilities ${code(...is.capabilities) || 'none'} instead of ${code(...was.capabilities) || 'none'}`,
    );
  return found;
}
