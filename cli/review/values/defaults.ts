import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf } from '../finding';

const finding = findingsOf('models');

const USES = {
  model: 'workspaces that chose nothing use',
  smallModel: 'agents write titles and summaries with',
} as const;

/** Which models are used where nobody chooses, and whether other providers step in. */
export function compareDefaults({ was: { defaults: was }, is: { defaults: is } }: Comparison): Finding[] {
  const chosen = (['model', 'smallModel'] as const).flatMap((use): Finding[] => {
    // What a policy does not allow is replaced when the workspace starts; only the replacement is ever used.
    const scopes = [...new Set([...Object.keys(was.startWith), ...Object.keys(is.startWith)])];
    const actual = scopes.flatMap((scope) => {
      const [old, now] = [was.startWith[scope]?.[use], is.startWith[scope]?.[use]];
      return old === now ? [] : [{ scope, old, now }];
    });
    const own = was[use] === is[use] ? [] : [['defaults', use]];
    const asSet = actual.filter(({ old, now }) => old === was[use] && now === is[use]);
    const others = actual.filter((each) => !asSet.includes(each));
    return [
      ...(own.length > 0
        ? [
            finding(
              'medium',
              'default',
              `${USES[use]} ${code(is[use])} instead of ${code(was[use])} the next time the workspace starts`,
              [...own, ...asSet.map(({ scope }) => ['defaults', 'startWith', scope, use])],
            ),
          ]
        : []),
      ...(own.length > 0 ? others : actual).map(({ scope, old, now }) =>
        finding(
          'medium',
          'default',
          `with keys of ${code(scope)}, ${USES[use]} ${code(now || 'nothing')} instead of ${code(old || 'nothing')} the next time the workspace starts`,
          [['defaults', 'startWith', scope, use]],
        ),
      ),
    ];
  });
  if (was.providerFailover === is.providerFailover) return chosen;
  return [
    ...chosen,
    finding(
      is.providerFailover ? 'medium' : 'low',
      'failover',
      is.providerFailover
        ? "when a provider fails, the next one of the model's catalog entry is asked, and sees the prompts"
        : 'when a provider fails, no other provider is asked',
      [['defaults', 'providerFailover']],
    ),
  ];
}
