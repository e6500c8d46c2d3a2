import type { DoctorContext } from './doctor-context';

/** One step of a fix: a sentence, and the command that does it where there is one. */
export interface Step {
  readonly advice: string;
  /** To be pasted into a shell. */
  readonly command?: string;
}

/** What was found: the cause, the evidence for it, and the fix. */
export interface Diagnosis {
  readonly cause: string;
  /** What was measured, so that it can be measured again. */
  readonly evidence: readonly string[];
  /** The most likely step first. */
  readonly fix: readonly Step[];
  /** Symptoms that this one explains; they are not reported beside it. */
  readonly explains?: readonly string[];
}

/** How looking for a symptom ended. */
export type Outcome =
  | { readonly status: 'found'; readonly diagnoses: readonly Diagnosis[] }
  | { readonly status: 'not found' }
  | Skipped;

/** A symptom that could not be looked for. */
export interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
}

/** A known fault of a deployment: one file per symptom, and the documentation is generated from them. */
export interface Symptom {
  /** Stable; for scripts. */
  readonly id: string;
  /** As users see it. */
  readonly title: string;
  /** How it is detected, for the documentation. */
  readonly detection: string;
  /** What usually causes it, for the documentation. */
  readonly causes: readonly string[];
  /** A notice is worth knowing and breaks nothing now: it does not change the exit code. @default 'fault' */
  readonly kind?: 'fault' | 'notice';
  readonly detect: (doctor: DoctorContext) => Promise<Outcome>;
}

export const notFound: Outcome = { status: 'not found' };

/** Found, unless there are no diagnoses. */
export const foundIf = (diagnoses: readonly Diagnosis[]): Outcome =>
  diagnoses.length > 0 ? { status: 'found', diagnoses } : notFound;

export const found = (diagnosis: Diagnosis): Outcome => foundIf([diagnosis]);

export const skipped = (reason: string): Skipped => ({ status: 'skipped', reason });

/** A step of a fix. */
export const step = (advice: string, command?: string): Step => ({
  advice,
  ...(command === undefined ? {} : { command }),
});

/** Brings a changed gateway.yaml, catalog or secrets.tfvars to the deployment. */
export const DEPLOY = 'make plan && make deploy';
