import type { DeployedWorkload } from '../../../deployment/schema';
import { compareKeys, same } from '../changes';
import { mapOf } from '../comparison';
import { code, type Finding, findingsOf, value } from '../finding';

const secrets = findingsOf('secrets');
const plain = findingsOf('resources');

/** Settings and secrets that a workload is given, or no longer is. */
export function compareEnvironment(
  name: string,
  container: string,
  old: DeployedWorkload,
  now: DeployedWorkload,
): Finding[] {
  const { added, removed, both } = compareKeys(mapOf(old.environment), mapOf(now.environment));
  const path = (variable: string) => [
    ['workloads', name, 'environment', variable],
    ...[...Object.keys(old.secrets), ...Object.keys(now.secrets)]
      .filter((secret) => old.secrets[secret]?.includes(variable) || now.secrets[secret]?.includes(variable))
      .map((secret) => ['workloads', name, 'secrets', secret]),
  ];
  return [
    ...added.map(([variable, { value: text, secrets: from }]) =>
      from.length > 0
        ? secrets(
            'medium',
            'given',
            `${code(container)} is given the secret ${code(...from)} as ${code(variable)}`,
            path(variable),
          )
        : plain(
            'low',
            'setting',
            `${code(container)} gets the setting ${code(variable)} = ${value(text)}`,
            path(variable),
          ),
    ),
    ...removed.map(([variable, { secrets: from }]) =>
      from.length > 0
        ? plain(
            'low',
            'setting',
            `${code(container)} is no longer given the secret ${code(...from)} as ${code(variable)}`,
            path(variable),
          )
        : plain('low', 'setting', `${code(container)} loses the setting ${code(variable)}`, path(variable)),
    ),
    ...both
      .filter(([, was, is]) => !same(was, is))
      .map(([variable, was, is]) =>
        same(was.secrets, is.secrets)
          ? plain(
              'low',
              'setting',
              `the setting ${code(variable)} of ${code(container)} changes from ${value(was.value)} to ${value(is.value)}`,
              path(variable),
            )
          : secrets(
              is.secrets.length > 0 ? 'medium' : 'low',
              'source',
              `${code(variable)} of ${code(container)} now comes from ${is.secrets.length > 0 ? `the secret ${code(...is.secrets)}` : value(is.value)}`,
              path(variable),
            ),
      ),
  ];
}
