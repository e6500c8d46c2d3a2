import { appendFileSync } from 'node:fs';

/**
 * What a test run spends time on, besides the files themselves: the start of a LiteLLM, the build of an image, a step of
 * the preparation, a command that took seconds.
 */
export type TimeKind = 'litellm' | 'image' | 'preparation' | 'command';

export interface TimeRecord {
  readonly kind: TimeKind;
  readonly name: string;
  readonly seconds: number;
}

/** The file that records are appended to, one JSON object a line; shell scripts append to it, too. Unset: nothing is recorded. */
export const TIMES_FILE = 'GATEWAY_TEST_TIMES';

/** Adds a record, where somebody collects them. */
export function recordTime(kind: TimeKind, name: string, startedMs: number): void {
  const file = process.env[TIMES_FILE];
  if (!file) return;
  const record: TimeRecord = { kind, name, seconds: Math.round(Date.now() - startedMs) / 1000 };
  appendFileSync(file, `${JSON.stringify(record)}\n`);
}
