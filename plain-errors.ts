/** Longer than any sentence of ours; the rest of a message that is a whole text is of no use. */
const LONGEST = 2000;

/** What may be different from program to program. */
export interface PlainErrorsOptions {
  /**
   * Called once where standard output can be written no longer: its reader has gone, or the disk is full.
   *
   * @default - the program goes on to its end, since it may have to clean up
   */
  readonly onOutputLost?: () => void;
}

/**
 * Makes a program end with one sentence on standard error and code 1 where it would end with a stack trace; `DEBUG=1` shows that
 * too. Output that cannot be written is such an error, but not where its reader has gone (`| head`). For programs that
 * people start; the first thing such a program does.
 *
 * @param program as a person calls it, for messages
 */
export function plainErrors(program: string, { onOutputLost }: PlainErrorsOptions = {}): void {
  const failed = (error: unknown) => {
    complain(`${program}: ${process.env.DEBUG && error instanceof Error ? error.stack : sentenceOf(error)}`);
    process.exit(1);
  };
  process.on('uncaughtException', failed);
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost) return;
    lost = true;
    if (error.code !== 'EPIPE') {
      complain(`${program}: ${outputError(error)}`);
      process.on('exit', () => {
        process.exitCode ||= 1;
      });
    }
    onOutputLost?.();
  });
  // Where messages cannot be written, the exit code has to say it all.
  process.stderr.on('error', () => undefined);
}

/** That output is lost, in words for people. */
export const outputError = ({ code, message }: NodeJS.ErrnoException): string =>
  `standard output cannot be written (${code ?? message}); make room, or send it elsewhere`;

/** An error without its class, stack and quotation of the program. */
export function sentenceOf(error: unknown): string {
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  if (code && syscall && path)
    return `${path} cannot be used: ${message.replace(/^\w+: /, '').replace(/,.*$/s, '')} (${code})`;
  return (message ?? String(error)).slice(0, LONGEST);
}

function complain(text: string): void {
  try {
    process.stderr.write(`${text}\n`);
  } catch {
    // See above.
  }
}
