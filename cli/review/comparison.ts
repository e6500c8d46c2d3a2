import type { Deployment } from '../../deployment/schema';
import { type Change, changesBetween, isUnder, type Path } from './changes';
import type { Stack } from './terraform/stack';

/** How many keys of each scope there are (`person`: how many people). */
export type KeyCounts = Readonly<Record<string, number>>;

/** What a checkout synthesizes to, as far as it is reviewed. */
export interface Synthesized {
  readonly deployment: Deployment;
  readonly platform: Stack;
  /** The workspace template, and its form as Terraform text. */
  readonly template: Stack;
  readonly form: string;
  /** Sentences about what could not be read, where the checkout is too old to write `deployment.json`. */
  readonly notCompared?: readonly string[];
}

/** Two synthesized checkouts and all that differs between their descriptions. */
export class Comparison {
  /** Every difference between the two descriptions. */
  readonly changes: readonly Change[];

  constructor(
    readonly before: Synthesized,
    readonly after: Synthesized,
    /** What is not given counts as one key. @default - one key of each scope */
    readonly keys: KeyCounts = {},
  ) {
    this.changes = changesBetween(before.deployment, after.deployment);
  }

  get was(): Deployment {
    return this.before.deployment;
  }

  get is(): Deployment {
    return this.after.deployment;
  }

  /** Differences at or below a place; `*` is any step. */
  under(...path: string[]): Change[] {
    return this.changes.filter((change) => isUnder(change.path, path));
  }

  /** Their places, for the finding that tells of them. */
  paths(...path: string[]): Path[] {
    return this.under(...path).map((change) => change.path);
  }
}

/** A record as a map, for {@link compareKeys}. */
export const mapOf = <T>(record: Readonly<Record<string, T>> | undefined): Map<string, T> =>
  new Map(Object.entries(record ?? {}));
