import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, EXIT, usageError } from '../errors';
import type { Io } from './io';

/**
 * Asks before something that cannot be undone.
 *
 * @throws CliError (usage) where there is no terminal to ask on and `--yes` was not given, or the answer is no
 */
export async function confirm(io: Io, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!io.canPrompt) throw usageError(`cannot prompt: no terminal (${question})`, 'add --yes to confirm');
  const prompt = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await answerTo(io, prompt, `${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw usageError('cancelled; nothing was changed');
  } finally {
    prompt.close();
  }
}

/**
 * Asks for a secret without showing what is typed.
 *
 * @param alternative what to do where there is no terminal, for the error's fix
 * @throws CliError (usage) where there is no terminal
 */
export async function askHidden(io: Io, what: string, alternative: string): Promise<string> {
  if (!io.canPrompt) throw usageError(`cannot prompt for the ${what}: no terminal`, alternative);
  io.stderr.write(`${what}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: io.stdin, output: nowhere, terminal: true });
  try {
    return (await answerTo(io, prompt, '')).trim();
  } finally {
    prompt.close();
    io.stderr.write('\n');
  }
}

/** readline takes Ctrl-C for itself; it must end the command as it does everywhere else. */
function answerTo(io: Io, prompt: ReturnType<typeof createInterface>, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const end = (error: CliError) => {
      if (settled) return;
      settled = true;
      if (question) io.stderr.write('\n');
      reject(error);
    };
    prompt.once('SIGINT', () => end(new CliError('interrupted; nothing was changed', EXIT.interrupted)));
    prompt.once('close', () => end(usageError('no answer; nothing was changed')));
    prompt.question(question).then((answer) => {
      settled = true;
      resolve(answer);
    }, reject);
  });
}
