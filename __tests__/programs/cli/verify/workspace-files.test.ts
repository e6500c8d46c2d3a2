import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Runtime } from '../../../../cli/doctor/runtime';
import type { CheckContext } from '../../../../cli/verify/check';
import { workspaceChecks } from '../../../../cli/verify/workspace';
import { parseSettings } from '../../../../settings/load';

const home = mkdtempSync(join(tmpdir(), 'verify-files-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const check = workspaceChecks.find(({ title }) => title.includes("agents' files"));

/** Runs the check in a home directory of this machine, by a stand-in for the runtime that runs scripts here. */
function look(agents: string) {
  const exec = async (_: string, script: string) => {
    const env = { PATH: process.env.PATH, HOME: home, GATEWAY_AGENTS: agents };
    const { status, stdout, stderr } = spawnSync('sh', ['-s'], { input: script, env, encoding: 'utf8' });
    return { code: status ?? 1, stdout, stderr };
  };
  const runtime = { exec } as unknown as Runtime;
  return check?.run({
    runtime,
    settings: parseSettings('providers: { anthropic: { credentials: variable } }'),
    workspace: 'ward',
  } as unknown as CheckContext);
}

function write(file: string, mode: number) {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), '{}');
  chmodSync(join(home, file), mode);
}

test('only the files of the agents that a workspace was started with are looked for', async () => {
  write('.config/litellm/key', 0o600);
  write('.config/opencode/opencode.json', 0o600);
  expect(await look('opencode')).toMatchObject({ status: 'pass' });
  expect(await look('none')).toMatchObject({ status: 'skip' });
  expect(await look('both')).toEqual({ status: 'fail', detail: '~/.config/roo-code/settings.json: missing' });
  expect(await look('')).toMatchObject({ status: 'fail' });
});

test('a file that others may read is told with its mode', async () => {
  write('.config/litellm/key', 0o644);
  expect(await look('opencode')).toEqual({ status: 'fail', detail: '~/.config/litellm/key: 644' });
});
