import type { DeployedParameter, Door } from '../../../deployment/schema';
import { compareKeys, same } from '../changes';
import { type Comparison, mapOf } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const finding = findingsOf('template');
/** Where the door finds Coder. */
function placeOf({ at, host, port }: Door['coder']): string {
  if (at === 'workload') return `at the platform's own server, port ${port}`;
  if (at === 'this-host') return `on the machine that runs the containers, port ${port}`;
  return `at ${code(`${host}:${port}`)}`;
}

const network = findingsOf('network');

/** What changes for people and their workspaces: the way out, agents, the door, the form. */
export function compareWorkspace(comparison: Comparison): Finding[] {
  const { was, is } = comparison;
  const { added, removed, both } = compareKeys(mapOf(was.workspace.parameters), mapOf(is.workspace.parameters));
  return [
    ...egress(comparison),
    ...agents(comparison),
    ...door(comparison),
    ...added.map(([name, parameter]) =>
      finding(
        parameter.default === undefined ? 'medium' : 'low',
        'question-added',
        `the template asks for ${code(name)}${parameter.default === undefined ? ', and every existing workspace must answer it before its next start' : ''}`,
        [['workspace', 'parameters', name]],
      ),
    ),
    ...removed.map(([name]) =>
      finding(
        'low',
        'question-removed',
        `the template no longer asks for ${code(name)}; what workspaces chose is forgotten`,
        [['workspace', 'parameters', name]],
      ),
    ),
    ...both.flatMap(([name, old, now]) => question(name, old, now)),
  ];
}

function egress({ was, is }: Comparison): Finding[] {
  if (was.workspace.egress === is.workspace.egress) return [];
  const paths = [
    ['workspace', 'egress'],
    ['egress', 'workspaces'],
  ];
  return [
    is.workspace.egress === 'internet'
      ? network('high', 'workspace-egress', 'workspaces reach the internet, not only the gateway and Coder', paths)
      : network(
          'medium',
          'workspace-egress',
          'workspaces no longer reach the internet: only the gateway and Coder',
          paths,
        ),
  ];
}

function agents({ was, is }: Comparison): Finding[] {
  const gained = is.workspace.agents.filter((agent) => !was.workspace.agents.includes(agent));
  const lost = was.workspace.agents.filter((agent) => !is.workspace.agents.includes(agent));
  const paths = [['workspace', 'agents']];
  return [
    ...(gained.length > 0
      ? [findingsOf('gateway')('low', 'agents', `workspaces may use ${code(...gained)}`, paths)]
      : []),
    ...(lost.length > 0
      ? [findingsOf('gateway')('medium', 'agents', `workspaces may no longer use ${code(...lost)}`, paths)]
      : []),
  ];
}

function door({ was: { workspace: was }, is: { workspace: is } }: Comparison): Finding[] {
  const routes = (['litellm', 'key-provisioner'] as const).flatMap((service) => {
    const [old, now] = [was.door.routes[service], is.door.routes[service]];
    const opened = now.filter((route) => !old.includes(route));
    const closed = old.filter((route) => !now.includes(route));
    const paths = [['workspace', 'door', 'routes', service]];
    return [
      ...(opened.length > 0
        ? [network('high', 'door', `workspaces may ask ${code(service)} for ${code(...opened)}`, paths)]
        : []),
      ...(closed.length > 0
        ? [network('medium', 'door', `workspaces may no longer ask ${code(service)} for ${code(...closed)}`, paths)]
        : []),
    ];
  });
  if (same(was.door.coder, is.door.coder)) return routes;
  const way = ({ door: { coder } }: typeof was) =>
    coder.kind === 'direct' ? 'directly' : `through their door, ${placeOf(coder)}`;
  return [
    ...routes,
    network('low', 'coder-route', `workspaces reach Coder ${way(is)} instead of ${way(was)}`, [
      ['workspace', 'door', 'coder'],
    ]),
  ];
}

function question(name: string, old: DeployedParameter, now: DeployedParameter): Finding[] {
  const values = ({ options = [] }: DeployedParameter) => options.map(({ value }) => value);
  const path = (...field: string[]) => ['workspace', 'parameters', name, ...field];
  const gone = values(old).filter((option) => !values(now).includes(option));
  const fresh = values(now).filter((option) => !values(old).includes(option));
  return [
    ...(gone.length > 0
      ? [
          finding(
            'medium',
            'choice-removed',
            `${code(...gone)} can no longer be chosen as ${code(name)}: workspaces that did must choose anew before they start`,
            gone.map((option) => path('options', option)),
          ),
        ]
      : []),
    ...(fresh.length > 0
      ? [
          finding(
            'info',
            'choice-added',
            `${code(...fresh)} can be chosen as ${code(name)}`,
            fresh.map((option) => path('options', option)),
          ),
        ]
      : []),
    ...(old.default === now.default
      ? []
      : [
          finding(
            'low',
            'default',
            `${code(name)} is ${code(now.default ?? 'nothing')} unless chosen otherwise, instead of ${code(old.default ?? 'nothing')}`,
            [path('default')],
          ),
        ]),
    ...(old.mutable === now.mutable
      ? []
      : [
          finding(
            'low',
            'mutable',
            `${code(name)} can ${now.mutable ? 'now' : 'no longer'} be changed after a workspace was made`,
            [path('mutable')],
          ),
        ]),
    ...(old.masked === now.masked
      ? []
      : [
          finding(
            now.masked ? 'info' : 'medium',
            'masked',
            `what is typed as ${code(name)} is ${now.masked ? 'shown as dots' : 'shown on the screen'}`,
            [path('masked')],
          ),
        ]),
  ];
}
