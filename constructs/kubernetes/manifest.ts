import { createHash } from 'node:crypto';

/** An object of the Kubernetes API as it is sent: plain values, in a fixed order. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What an object is called among all of a deployment: `Deployment/ai-gateway/litellm`. */
export const manifestId = ({ kind, metadata: { name, namespace } }: Manifest): string =>
  [kind, namespace, name].filter(Boolean).join('/');

/** Twelve digits that change whenever a value does. */
export const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
