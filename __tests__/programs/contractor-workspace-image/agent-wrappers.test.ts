import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from './workspace';

/** How the image's wrappers start the agents; a small program is in each agent's place. */

let workspace: Workspace;
beforeEach(async () => {
  workspace = new Workspace();
  await workspace.open();
});
afterEach(() => workspace.close());

describe('opencode', () => {
  /** In OpenCode's place: says where it was started, where it was told to work, and its arguments. */
  const opencode = (args: string[], env: Record<string, string> = {}) => {
    const program = workspace.write(
      'programs/opencode',
      '#!/bin/sh\nreadlink /proc/$$/cwd; tr "\\0" "\\n" </proc/$$/environ | sed -n "s/^PWD=//p"; printf "<%s>" "$@"; exit 7\n',
    );
    chmodSync(program, 0o755);
    workspace.write('a folder/kept', '');
    return workspace.run('opencode', args, { OPENCODE_PROGRAM: program, ...env });
  };
  const started = (folder: string, args: string[]) => ({
    code: 7,
    output: `/\n${join(realpathSync(workspace.home), folder)}\n${args.map((each) => `<${each}>`).join('') || '<>'}`,
  });

  test.each([
    [['--version'], ['--version']],
    [
      ['run', 'a "quoted" prompt', '--file', 'x.ts'],
      ['run', 'a "quoted" prompt', '--file', 'x.ts'],
    ],
    [
      ['--print-logs', 'serve', '--port', '4096'],
      ['--print-logs', 'serve', '--port', '4096'],
    ],
    [
      ['-m', 'litellm/x', '--prompt', 'a folder'],
      ['-m', 'litellm/x', '--prompt', 'a folder'],
    ],
    [
      ['run', '--attach', 'http://x', '--dir', '/there', 'hi'],
      ['run', '--attach', 'http://x', '--dir', '/there', 'hi'],
    ],
    [
      ['run', 'hi', '--', '--dir', 'a folder'],
      ['run', 'hi', '--', '--dir', 'a folder'],
    ],
    [[], []],
  ])('%j starts in / and works where the person stands', async (args, passed) => {
    expect(await opencode(args)).toEqual(started('', passed));
  });

  test.each([
    [['a folder'], []],
    [
      ['--continue', '-m', 'x', './a folder'],
      ['--continue', '-m', 'x'],
    ],
    [
      ['run', '--dir', 'a folder', 'hi'],
      ['run', 'hi'],
    ],
    [
      ['run', 'hi', '--dir=a folder'],
      ['run', 'hi'],
    ],
  ])('%j works in that folder', async (args, passed) => {
    expect(await opencode(args, { CDPATH: '/' })).toEqual(started('a folder', passed));
  });

  test('a file to import is looked up from where the person stands, an address is not', async () => {
    const file = join(realpathSync(workspace.home), 'session.json');
    expect(await opencode(['import', 'session.json'])).toEqual(started('', ['import', file]));
    expect(await opencode(['import', 'https://x/y'])).toEqual(started('', ['import', 'https://x/y']));
  });

  test.each([[['nowhere']], [['run', '--dir', 'nowhere', 'hi']]])('%j names no folder, and says so', async (args) => {
    expect(await opencode(args)).toEqual({ code: 1, output: "opencode: there is no folder 'nowhere'\n" });
  });
});

describe.each(['opencode', 'claude', 'codex', 'cline', 'kilo', 'copilot', 'aider'])('git, as %s finds it,', (agent) => {
  const ran = () => existsSync(join(workspace.directory, 'ran'));
  /** `git status` and `git diff` of a folder: by hand, then in the agent's place. */
  async function bothWays(folder: string) {
    workspace.write('.config/aider/models.yml', '');
    const look = workspace.write('look', `#!/bin/sh\ncd '${folder}'\ngit status 2>&1\ngit diff HEAD 2>&1\n`);
    chmodSync(look, 0o755);
    spawnSync(look, { env: { ...process.env, HOME: workspace.home }, stdio: 'pipe' });
    const byHand = ran();
    rmSync(join(workspace.directory, 'ran'), { force: true });
    const programs = ['OPENCODE_PROGRAM', 'CLAUDE_PROGRAM', 'CODEX_PROGRAM', 'CLINE_PROGRAM', 'KILO_PROGRAM'];
    const env = {
      ...Object.fromEntries([...programs, 'COPILOT_PROGRAM', 'AIDER_PYTHON'].map((name) => [name, look])),
      COPILOT_PROVIDER_BASE_URL: 'http://gateway',
    };
    const { output } = await workspace.run(agent, ['--version'], env, folder);
    return { byHand, byAgent: ran(), output };
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace.home, stdio: 'pipe' });
  const evil = () => {
    const program = workspace.write('evil', `#!/bin/sh\necho "$0" "$@" >>'${workspace.directory}/ran'\nexit 1\n`);
    chmodSync(program, 0o755);
    return program;
  };

  test.each(
    ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.process', 'diff.external', 'diff.evil.command'].concat(
      'diff.evil.textconv',
    ),
  )('runs no %s of the repository’s own configuration', async (key) => {
    git('init', '--quiet');
    workspace.write('file', 'before\n');
    workspace.write('.gitattributes', 'file filter=evil diff=evil\n');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'first');
    workspace.write('file', 'after\n');
    if (key.startsWith('filter')) git('config', 'filter.evil.required', 'true');
    git('config', key, evil());
    const { byHand, byAgent, output } = await bothWays(workspace.home);
    expect({ byHand, byAgent }).toEqual({ byHand: true, byAgent: false });
    expect(output).toMatch(/modified: +file[\s\S]*-before\n\+after/);
  });

  test('takes no bare repository among a repository’s files for a repository', async () => {
    git('init', '--quiet', '--bare', 'data');
    git('-C', 'data', 'config', 'core.fsmonitor', evil());
    git('-C', 'data', 'config', 'core.bare', 'false');
    git('-C', 'data', 'config', 'core.worktree', workspace.home);
    const { byHand, byAgent, output } = await bothWays(join(workspace.home, 'data'));
    expect({ byHand, byAgent }).toEqual({ byHand: true, byAgent: false });
    expect(output).toContain("safe.bareRepository is 'explicit'");
  });
});

describe('instructions of a repository', () => {
  const programArguments = async (agent: string, variable: string, folder: string) => {
    const program = workspace.write('print', '#!/bin/sh\nprintf "<%s>" "$@"\n');
    chmodSync(program, 0o755);
    return (
      await workspace.run(
        agent,
        ['a prompt'],
        { [variable]: program, COPILOT_PROVIDER_BASE_URL: 'x' },
        join(workspace.home, folder),
      )
    ).output;
  };
  const link = (target: string, path: string) => symlinkSync(join(workspace.home, target), join(workspace.home, path));
  beforeEach(() => {
    workspace.write('secret', 'of the person');
    workspace.write('repository/docs/instructions', 'Mind the gap.');
    execFileSync('git', ['init', '--quiet'], { cwd: join(workspace.home, 'repository') });
  });

  test('claude is given a CLAUDE.md, also one that links to another file of the folder, but no link out of it', async () => {
    link('repository/docs/instructions', 'repository/CLAUDE.md');
    link('secret', 'repository/docs/CLAUDE.md');
    expect(await programArguments('claude', 'CLAUDE_PROGRAM', 'repository')).toContain('<CLAUDE.md>');
    expect(await programArguments('claude', 'CLAUDE_PROGRAM', 'repository/docs')).not.toContain('<CLAUDE.md>');
  });

  test.each(['AGENTS.md', 'AGENTS.override.md'])(
    'codex reads no instructions where %s is a link out of the repository',
    async (name) => {
      const none = '<-c><project_doc_max_bytes=0>';
      link('repository/docs/instructions', `repository/docs/${name}`);
      expect(await programArguments('codex', 'CODEX_PROGRAM', 'repository/docs')).toBe('<a prompt>');
      link('secret', `repository/${name}`);
      expect(await programArguments('codex', 'CODEX_PROGRAM', 'repository/docs')).toBe(`${none}<a prompt>`);
    },
  );

  test.each(['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md'])(
    'copilot reads no instructions where %s is a link out of the repository',
    async (name) => {
      const given = () => programArguments('copilot', 'COPILOT_PROGRAM', 'repository/docs');
      workspace.write('repository/.github/other', '');
      link('repository/docs/instructions', `repository/docs/AGENTS.md`);
      expect(await given()).toBe('<a prompt>');
      link('secret', `repository/${name}`);
      expect(await given()).toBe('<--no-custom-instructions><a prompt>');
    },
  );

  test.each(['AGENTS.md', '.clinerules', '.cline/rules/house.md'])(
    'cline does not start where %s is a link out of the repository',
    async (name) => {
      workspace.write('repository/.cline/rules/own.md', '');
      link('repository/docs/instructions', 'repository/.cline/rules/linked.md');
      expect(await programArguments('cline', 'CLINE_PROGRAM', 'repository')).toBe('<a prompt>');
      link('secret', `repository/${name}`);
      expect(await programArguments('cline', 'CLINE_PROGRAM', 'repository')).toContain(
        'is a link out of the repository',
      );
    },
  );
});

describe('cline in a repository with hooks or plugins', () => {
  const start = async (args: string[], env: Record<string, string> = {}) => {
    const program = workspace.write(
      'print',
      '#!/usr/bin/env node\nconsole.log(process.env.PWD, process.cwd(), ...process.argv.slice(2));\n',
    );
    chmodSync(program, 0o755);
    return workspace.run('cline', args, { CLINE_PROGRAM: program, ...env }, join(workspace.home, 'a repository'));
  };
  beforeEach(() => {
    workspace.write('a repository/sub/readme', '');
    execFileSync('git', ['init', '--quiet'], { cwd: join(workspace.home, 'a repository') });
  });

  test.each(['.cline/hooks', '.cline/plugins', '.cline/agents', '.cline/cron', '.clinerules/hooks'])(
    'does not start because of %s, also from a folder below it',
    async (folder) => {
      workspace.write(`a repository/${folder}/x`, '');
      for (const args of [['a prompt'], ['--cwd', 'sub', 'a prompt'], ['-csub', 'a prompt']])
        expect(await start(args)).toEqual({ code: 1, output: expect.stringContaining('CLINE_TRUST_REPOSITORY=1') });
      expect(await start(['a prompt'], { CLINE_TRUST_REPOSITORY: '1' })).toMatchObject({ code: 0 });
    },
  );

  test('starts elsewhere in /, and is told the folder by PWD', async () => {
    const folder = join(workspace.home, 'a repository');
    expect((await start(['a prompt'])).output).toBe(`${folder} / a prompt\n`);
    expect((await start(['--cwd=sub', 'a prompt'])).output).toBe(`${folder}/sub / a prompt\n`);
    expect(await start(['--cwd', 'none', 'a prompt'])).toMatchObject({ code: 1 });
  });
});

test('copilot says what is missing where the workspace has no configuration for it', async () => {
  const { code, output } = await workspace.run('copilot', ['-p', 'x'], { COPILOT_PROGRAM: 'true' });
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining('COPILOT_PROVIDER_BASE_URL is not set'),
  });
});
