import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, EXIT, usageError } from '../errors';

const onTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Asks before something that cannot be undone.
 *
 * @throws CliError (usage) where nobody can answer and `--yes` was not given, or the answer is no
 */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!onTerminal()) throw usageError(`${question} Nobody can be asked here`, 'add --yes if you are sure');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await answerTo(prompt, `${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw usageError('nothing was changed');
  } finally {
    prompt.close();
  }
}

/**
 * Asks for a secret without showing what is typed.
 *
 * @throws CliError (usage) where there is no terminal
 */
export async function askHidden(question: string, otherwise: string): Promise<string> {
  if (!onTerminal()) throw usageError(`${question} cannot be asked for without a terminal`, otherwise);
  process.stderr.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return (await answerTo(prompt, '')).trim();
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}

/** readline takes Ctrl-C for itself; it must end the command as it does everywhere else. */
function answerTo(prompt: ReturnType<typeof createInterface>, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (error: CliError) => {
      if (over) return;
      over = true;
      if (question) process.stderr.write('\n');
      reject(error);
    };
    prompt.once('SIGINT', () => end(new CliError('interrupted; nothing was changed', EXIT.interrupted)));
    prompt.once('close', () => end(usageError('no answer was given; nothing was changed')));
    prompt.question(question).then((answer) => {
      over = true;
      resolve(answer);
    }, reject);
  });
}
