import type { EnvVar } from 'cdk8s-plus-32/lib/imports/k8s';
import { type EnvValue, secretsOf } from '../../workloads/value';

/** What a value refers to outside itself, in a pod. */
export interface PodSurroundings {
  /** Where the workload's file of this name is. */
  readonly path: (file: string) => string;
  /** The Secret that holds the platform's secrets under their own names. */
  readonly secret: string;
}

/**
 * A value as text in which Kubernetes puts secrets itself (`$(VARIABLE)`), so that no secret is in the pod's description.
 * A dollar sign of its own is doubled: Kubernetes takes one away.
 *
 * @throws Error for a value that only Docker's workloads have, or one that a workspace's template has
 */
export function podTemplate(value: EnvValue, surroundings: PodSurroundings): string {
  switch (value.kind) {
    case 'literal':
      return doubled(value.text);
    case 'path':
      return doubled(surroundings.path(value.file));
    case 'reference':
      // A Service of this name is in the same namespace.
      return `${value.workload}:${value.port}`;
    case 'variable':
      // In a URL too: the Secret is checked to hold a password that needs no escape there.
      return `$(${secretVariable(value.secret)})`;
    case 'joined':
      return value.parts.map((part) => podTemplate(part, surroundings)).join('');
    default:
      throw new Error(`a value of the kind "${value.kind}" has no counterpart in a pod of the platform`);
  }
}

/** Environment variables of a container: secrets by reference, those that others are composed of first. */
export function podEnvironment(
  environment: Readonly<Record<string, EnvValue>>,
  surroundings: PodSurroundings,
): EnvVar[] {
  const entries = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const composed = entries.flatMap(([, value]) => (value.kind === 'joined' ? secretsOf(value) : []));
  const reference = (key: string, optional = false) => ({
    secretKeyRef: { name: surroundings.secret, key, ...(optional ? { optional } : {}) },
  });
  return [
    ...[...new Set(composed)].sort().map((key) => ({ name: secretVariable(key), valueFrom: reference(key) })),
    ...entries.map(([name, value]) =>
      value.kind === 'variable'
        ? { name, valueFrom: reference(value.secret, value.optional) }
        : { name, value: podTemplate(value, surroundings) },
    ),
  ];
}

/** Secrets of an environment that must be there for its container to start. */
export const requiredSecrets = (environment: Readonly<Record<string, EnvValue>>): string[] =>
  Object.values(environment).flatMap((value) => (value.kind === 'variable' && value.optional ? [] : secretsOf(value)));

const secretVariable = (secret: string) => `SECRET_${secret.toUpperCase()}`;
const doubled = (text: string) => text.replaceAll('$', '$$$$');
