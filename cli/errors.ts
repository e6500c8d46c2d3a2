/** What the process ends with. The same for every command, so that scripts can tell cases apart. */
export const EXIT = {
  ok: 0,
  /** The command did its work and found something bad: a failed check, a diagnosis, a finding at `--fail-on`. */
  findings: 1,
  /** Wrong arguments, settings or input files; nothing was done. */
  usage: 2,
  /** The service understood and refused. */
  refused: 3,
  /** The service, or something it needs, could not be reached. */
  unreachable: 4,
  /** An internal error of this program. */
  fault: 70,
  /** Its output could not be written, as on a full disk. */
  output: 74,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected failure: its message is meant for people, and says what was wrong and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** @default - the message says it all */
    readonly fix?: string,
  ) {
    super(message);
  }
}

/** Wrong arguments, settings or input files. */
export const usageError = (message: string, fix?: string) => new CliError(message, EXIT.usage, fix);
