import { z } from 'zod';
import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import { PUBLISHED_VALUES, type SecretName } from '../../settings/secrets';
import { platformSecretRules, type RuleOfSecret, ruleSentence } from '../secret-rules';
import type { Cluster } from './cluster';

/** Values of secrets by their names. */
export type SecretValues = Readonly<Partial<Record<SecretName, string>>>;

const secretSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** What the deployment's Secret holds, or undefined where there is no such Secret. @throws ClusterError */
export async function readSecret(cluster: Cluster, settings: Settings): Promise<SecretValues | undefined> {
  const { namespace, secret: name } = kubernetesNames(settings);
  const found = await cluster.tryGet('secret', name, namespace);
  if (!found) return undefined;
  const { data } = secretSchema.parse(found);
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/**
 * Makes the deployment's Secret, or makes it hold exactly these values. Its namespace is made where there is none, closed to pods
 * with privileges. Server-side: the older way would leave a copy of the values in an annotation.
 *
 * @throws ClusterError
 */
export async function writeSecret(cluster: Cluster, settings: Settings, values: SecretValues): Promise<void> {
  const { namespace, secret: name } = kubernetesNames(settings);
  const apply = (object: object) =>
    cluster.run(
      ['apply', '--server-side', '--force-conflicts', '--field-manager', FIELD_MANAGER, '--filename', '-'],
      JSON.stringify(object),
    );
  if (!(await cluster.tryGet('namespace', namespace, namespace))) {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  }
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': settings.name } },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });
}

const FIELD_MANAGER = 'gateway-secrets';

/** What is wrong with the Secret in the cluster, as sentences without a value; a plan stops at these. @throws ClusterError */
export async function secretProblems(cluster: Cluster, settings: Settings): Promise<string[]> {
  const { namespace, secret: name } = kubernetesNames(settings);
  const values = await readSecret(cluster, settings);
  if (values) return valueProblems(values, settings).map((problem) => `Secret ${namespace}/${name}: ${problem}`);
  const fix = settings.kubernetes.secrets.existing
    ? 'kubernetes.secrets.existing names it: see to it that it is made (External Secrets, for example)'
    : 'run `gateway secrets push`, which makes it from secrets.tfvars';
  return [`Secret ${namespace}/${name} does not exist; ${fix}`];
}

/** What is wrong with values, by the rules that Docker's plan has, and one more: the password is part of a URL. */
export function valueProblems(values: SecretValues, settings: Settings): string[] {
  const broken = platformSecretRules(settings).filter((rule) => !holds(rule, values));
  const password = values.postgres_password ?? '';
  return [
    ...broken.map(ruleSentence),
    ...(/^[A-Za-z0-9._~-]*$/.test(password)
      ? []
      : [
          'postgres_password holds characters that a URL would need escaped; use letters, digits and . _ ~ - only (`gateway init` makes one)',
        ]),
  ];
}

function holds(rule: RuleOfSecret, values: SecretValues): boolean {
  const value = values[rule.secret] ?? '';
  switch (rule.rule) {
    case 'required':
      return value !== '';
    case 'minimum-length':
      return value === '' || value.length >= (rule.minimumLength ?? 0);
    case 'prefix':
      return value === '' || value.startsWith(rule.prefix ?? '');
    case 'not-published':
      return !PUBLISHED_VALUES.includes(value);
    case 'not-reused':
      return value === '' || !(rule.others ?? []).some((name) => values[name as SecretName] === value);
  }
}
