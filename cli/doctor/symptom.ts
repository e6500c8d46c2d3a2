import type { Examination } from './examination';

/** What was found: the cause, why one must believe it, and what to type. */
export interface Diagnosis {
  readonly cause: string;
  /** What was measured, as somebody could measure it again. */
  readonly evidence: readonly string[];
  /** Commands to paste, the first most likely; a line that begins with # is a remark. */
  readonly fix: readonly string[];
  /** Symptoms that this one explains; they are not reported beside it. */
  readonly explains?: readonly string[];
}

/** Why a symptom could not be looked for. */
export interface NotExamined {
  readonly because: string;
}

/** A known fault of a deployment: one file per symptom, and the documentation is made from them. */
export interface Symptom {
  /** Stable; for scripts. */
  readonly id: string;
  /** As people see it. */
  readonly title: string;
  /** How it is detected, for the documentation. */
  readonly detection: string;
  /** What usually causes it, for the documentation. */
  readonly causes: readonly string[];
  /** A notice is worth knowing and breaks nothing now: it does not change the exit code. @default 'fault' */
  readonly kind?: 'fault' | 'notice';
  readonly detect: (examination: Examination) => Promise<readonly Diagnosis[] | NotExamined>;
}

export const notExamined = (because: string): NotExamined => ({ because });
