import { CommandFailed, run } from '../../../../runtime/processes/run';

test('a command gets its input and returns its output', async () => {
  await expect(run('cat', [], { input: 'text' })).resolves.toBe('text');
});

test('a command that fails says why', async () => {
  const failed = run('sh', ['-c', 'echo reason >&2; exit 3']);
  await expect(failed).rejects.toThrow(CommandFailed);
  await expect(failed).rejects.toMatchObject({ exitCode: 3, output: 'reason\n' });
});

test('a command that does not exist fails', async () => {
  await expect(run('no-such-command', [])).rejects.toThrow('no-such-command failed (127)');
});

test('a command is ended when nobody waits for it any more', async () => {
  const stopping = new AbortController();
  const running = run('sleep', ['300'], { signal: stopping.signal });
  stopping.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

test('lines are reported as they come', async () => {
  const lines: string[] = [];
  await run('printf', ['one\\ntwo\\n'], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(['one', 'two']);
});
