import { type Change, isUnder, type Path, pathText } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf, value } from '../finding';

const other = findingsOf('other');

interface Consequence {
  readonly of: Path;
  /** Where the cause is; a `*` of the consequence stands for the same step here. */
  readonly causes: readonly Path[];
}

/** What changes because something else does, and is only told where nothing else did. */
const CONSEQUENCES: readonly Consequence[] = [
  {
    of: ['secrets', '*', 'rules', '*', 'reason'],
    causes: [['models'], ['providers'], ['keyProvisioner', 'confirmWorkspaces']],
  },
  { of: ['litellm', 'settings', 'upperbound_key_generate_params'], causes: [['policies']] },
  { of: ['litellm', 'router', 'timeout'], causes: [['litellm', 'settings', 'request_timeout']] },
  { of: ['workspace', 'door', 'requestTimeoutSeconds'], causes: [['litellm', 'settings', 'request_timeout']] },
  { of: ['policies', '*', 'models'], causes: [['models']] },
  { of: ['models', '*', 'limits'], causes: [['models', '*', 'deployments']] },
  { of: ['models', '*', 'deployments', '*', 'parameters'], causes: [['models', '*', 'deployments'], ['providers']] },
  { of: ['models', '*', 'deployments', '*', 'information'], causes: [['models', '*', 'deployments']] },
  { of: ['models', '*', 'family'], causes: [['models', '*', 'deployments']] },
  { of: ['workspace', 'parameters', 'ai_model', 'options'], causes: [['models'], ['policies', 'workspace', 'models']] },
  { of: ['workspace', 'parameters', 'ai_assistant'], causes: [['workspace', 'agents']] },
  { of: ['egress', 'workloads'], causes: [['workloads']] },
  { of: ['workloads', '*', 'sharedMemoryMb'], causes: [['workloads', '*', 'memoryMb']] },
  { of: ['workspace', 'image'], causes: [['images', 'workspace']] },
  { of: ['images', '*'], causes: [['workloads']] },
];

/** Files that are made from values which are described: what changes in them is told there. */
const FILE_SOURCES: Readonly<Record<string, readonly Path[]>> = {
  'config.yaml': [['models'], ['policies'], ['litellm'], ['providers']],
  'protocol.json': [['models'], ['contact']],
  'gateway.json': [['models'], ['policies'], ['defaults'], ['keyProvisioner'], ['workspace', 'agents']],
  'envoy.json': [['litellm', 'settings', 'request_timeout'], ['name']],
};

/** Whatever no other finding tells of, one by one, so that no change passes as none. */
export function compareRest({ changes }: Comparison, found: readonly Finding[]): Finding[] {
  const paths = found.flatMap((finding) => finding.paths);
  const told = changes.filter(({ path }) => paths.some((each) => isUnder(path, each)));
  const rest = changes.filter((change) => !told.includes(change));
  const [files, values] = [rest.filter(isFile), rest.filter((change) => !isFile(change))];
  const own = values.filter(({ path }) => !isConsequence(path, told));
  return [...own, ...files.filter(({ path }) => !isConsequence(path, [...told, ...own]))].map(tell);
}

const isFile = ({ path }: Change) => isUnder(path, ['workloads', '*', 'files']);

function tell({ path, before, after }: Change): Finding {
  const [first, workload, field, file] = path;
  if (first === 'workloads' && field === 'files')
    return other(
      'low',
      'file',
      `the file ${code(file)} of ${code(workload)} changes in something that this review has no words for`,
      [path],
    );
  if (first === 'product')
    return other('info', 'product', `the gateway's own version is ${value(after)} instead of ${value(before)}`, [path]);
  const change =
    before === undefined
      ? `is new: ${value(after)}`
      : after === undefined
        ? `is gone; it was ${value(before)}`
        : `changes from ${value(before)} to ${value(after)}`;
  return other('low', 'changed', `${code(pathText(path))} ${change}`, [path]);
}

/** Whether something that is told explains a change at this place. */
function isConsequence(path: Path, told: readonly Change[]): boolean {
  const happened = (cause: Path) => told.some((change) => isUnder(change.path, cause));
  const file = isUnder(path, ['workloads', '*', 'files']) ? path[3]?.split('/').at(-1) : undefined;
  if (file !== undefined) return (FILE_SOURCES[file] ?? []).some(happened);
  return CONSEQUENCES.some(({ of, causes }) => {
    if (!isUnder(path, of)) return false;
    const steps = path.filter((_, index) => of[index] === '*');
    return causes.some((cause) => {
      let next = 0;
      return happened(cause.map((step) => (step === '*' ? (steps[next++] ?? step) : step)));
    });
  });
}
