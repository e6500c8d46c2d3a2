import { buildProgram } from '../../../cli/program';
import { run } from '../../../cli/run';
import type { Seen } from '../../contract/cli/run-cli';

/**
 * Runs a command line within this process: the same program and the same words, without half a second of starting. For
 * what needs no terminal, no standard input and no signals.
 */
export async function gatewayInProcess(
  arguments_: readonly string[],
  env: Record<string, string> = {},
): Promise<Omit<Seen, 'code'> & { code: number }> {
  const [stdout, stderr] = [process.stdout, process.stderr].map(keepWhatIsWritten) as [Capture, Capture];
  const before = { ...process.env };
  const { exitCode } = process;
  process.exitCode = 0;
  Object.assign(process.env, { NO_COLOR: '1' }, env);
  try {
    await run(buildProgram(), ['node', 'gateway', ...arguments_]);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.end(), stderr: stderr.end() };
  } finally {
    stdout.end();
    stderr.end();
    process.exitCode = exitCode;
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

interface Capture {
  /** Gives the stream back; what was written meanwhile. */
  readonly end: () => string;
}

function keepWhatIsWritten(stream: NodeJS.WriteStream): Capture {
  let text = '';
  const listeners = stream.listeners('error');
  const spy = jest.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return {
    end: () => {
      spy.mockRestore();
      // Each run listens for readers that leave.
      for (const listener of stream.listeners('error')) {
        if (!listeners.includes(listener)) stream.off('error', listener as () => void);
      }
      return text;
    },
  };
}
