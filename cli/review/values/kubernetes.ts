import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const data = findingsOf('data');
const network = findingsOf('network');
const privileges = findingsOf('privileges');

/** What a change of the target, or of where things are in a cluster, means. Anything else is told with its values. */
export function compareKubernetes({ was, is }: Comparison): Finding[] {
  const [old, now] = [was.kubernetes, is.kubernetes];
  if (!old && !now) return [];
  if (!old || !now) return [moved(now !== undefined)];
  return [
    ...(old.namespace === now.namespace
      ? []
      : [
          data(
            'high',
            'renamed',
            `the platform moves from the namespace ${code(old.namespace)} to ${code(now.namespace)}: everything is made anew, and the database starts without data; the volume of the old one stays in its namespace`,
            [['kubernetes', 'namespace']],
          ),
        ]),
    ...(old.workspacesNamespace === now.workspacesNamespace
      ? []
      : [
          data(
            'high',
            'renamed',
            `workspaces move from the namespace ${code(old.workspacesNamespace)} to ${code(now.workspacesNamespace)}: those that exist are not moved, and lose the policies that keep them apart`,
            [['kubernetes', 'workspacesNamespace']],
          ),
        ]),
    ...(old.secret === now.secret
      ? []
      : [
          privileges(
            'medium',
            'secret',
            `secrets come from the Secret ${code(now.secret)} instead of ${code(old.secret)}`,
            [['kubernetes', 'secret']],
          ),
        ]),
    ...ranges(old.settings, now.settings),
  ];
}

const moved = (toCluster: boolean): Finding =>
  data(
    'high',
    'target',
    toCluster
      ? 'everything runs on a Kubernetes cluster instead of the Docker host: the database there starts without data, and what the Docker host holds stays there'
      : 'everything runs on a Docker host instead of the Kubernetes cluster: the database there starts without data, and what the cluster holds stays there',
    [['kubernetes']],
  );

/** Lists of who may reach whom; a longer one opens something. */
const LISTS = [
  ['egress', 'allow', 'the platform reaches', 'medium'],
  ['egress', 'deny', 'workspaces and the platform no longer reach', 'info'],
  ['service', 'from_cidrs', 'the edge and the key-provisioner are reached from', 'medium'],
  ['service', 'from_namespaces', 'the edge and the key-provisioner are reached from pods of', 'medium'],
] as const;

function ranges(old: Record<string, unknown>, now: Record<string, unknown>): Finding[] {
  return LISTS.flatMap(([group, list, sentence, severity]) => {
    const entries = (settings: Record<string, unknown>) =>
      ((settings[group] as Record<string, unknown> | undefined)?.[list] ?? []) as string[];
    const added = entries(now).filter((entry) => !entries(old).includes(entry));
    if (added.length === 0) return [];
    return [
      network(severity, `${group}-${list.replace('_', '-')}`, `${sentence} ${code(...added)}`, [
        ['kubernetes', 'settings', group, list],
      ]),
    ];
  });
}
