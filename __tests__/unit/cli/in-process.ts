import { Readable, Writable } from 'node:stream';
import { type CommandContext, type ContextProps, createContext } from '../../../cli/context';
import { buildProgram } from '../../../cli/program';
import { run } from '../../../cli/run';
import { Io } from '../../../cli/terminal/io';
import { ROOT, type Seen } from '../../contract/cli/run-cli';

/** What a command of a test gets besides its arguments and environment. */
export type InProcessOptions = Partial<Omit<ContextProps, 'io' | 'env'>>;

/**
 * Runs a command line within this process, with streams and an environment of its own: the same program and the same words,
 * without half a second of starting. For what needs no terminal, no standard input and no signals.
 */
export async function gatewayInProcess(
  arguments_: readonly string[],
  env: Record<string, string> = {},
  options: InProcessOptions = {},
): Promise<Omit<Seen, 'code'> & { code: number }> {
  const { context, stdout, stderr } = testContext(env, options);
  const code = await run(buildProgram(context), ['node', 'gateway', ...arguments_], context);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** A command's context whose streams are kept, and that has nothing of this process's environment but where programs are. */
export function testContext(env: Record<string, string> = {}, options: InProcessOptions = {}) {
  const [stdout, stderr] = [new KeptText(), new KeptText()];
  const { PATH, HOME } = process.env;
  const own = { PATH, HOME, NO_COLOR: '1', ...env };
  const io = new Io(Readable.from([]), stdout, stderr, own);
  const context: CommandContext = createContext({ io, env: own, cwd: ROOT, ...options });
  return { context, stdout, stderr };
}

/** A stream that keeps what is written to it. */
class KeptText extends Writable {
  private readonly pieces: string[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(chunk.toString('utf8'));
    done();
  }

  text = () => this.pieces.join('');
}
