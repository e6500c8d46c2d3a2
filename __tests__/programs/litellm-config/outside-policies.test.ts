import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('synth says what the policies leave out, and goes on', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-synth-'));
  const file = join(directory, 'gateway.yaml');
  writeFileSync(
    file,
    'providers: { anthropic: { credentials: variable } }\npolicies: { workspace: { models: [claude-sonnet-4-5, claude-haiku-5-5] } }\n',
  );
  const root = join(__dirname, '../../..');
  const env = { ...process.env, GATEWAY_SETTINGS: file, CDKTF_OUTDIR: join(directory, 'out') };
  const { status, stdout } = spawnSync(process.execPath, ['bin/synth'], { cwd: root, env, encoding: 'utf8' });
  rmSync(directory, { recursive: true, force: true });
  expect(status).toBe(0);
  expect(stdout).toContain(
    'models.small: "claude-haiku-4-5" is not in policies.workspace.models; workspaces use claude-haiku-5-5 instead',
  );
});
