import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayUrl, provisionerUrl } from '../../../cli/addresses';
import { gateway, onTerminal } from '../../contract/cli/run-cli';
import { gatewayInProcess, testContext } from '../../unit/cli/in-process';

/** Addresses where nothing is listening. */
const UNREACHABLE = {
  GATEWAY_URL: 'http://127.0.0.1:9',
  GATEWAY_PROVISIONER_URL: 'http://127.0.0.1:9',
  GATEWAY_ADMIN_TOKEN: 'x',
};
const folder = mkdtempSync(join(tmpdir(), 'gateway-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('wrong arguments get a suggestion and exit code 2', () => {
  test.each([
    [['kyes'], 'Did you mean keys?'],
    [['keys', 'crate'], 'Did you mean create?'],
    [['keys', 'list', '--scop', 'ci'], 'Did you mean --scope?'],
    [['keys', 'create', 'agent', 'reviw'], 'Did you mean review?'],
    [['keys', 'list', '--scope', 'teams'], 'workspace, user, ci'],
    [['keys', 'info'], '`gateway keys info --help`'],
    [['keys', 'create', 'ci', 'a', '--budget', '-3'], 'a number above zero'],
    [['models', '--today', 'tomorrow'], 'such as 2026-11-30'],
    [['review'], '--base'],
    [['review', '--base', 'HEAD', '--keys', 'robots=4'], 'such as workspace=40'],
    [['review', '--base', 'no-such-branch'], 'is no commit'],
    [['models', '--settings', '/nowhere.yaml'], 'gateway init'],
    [['completion', 'tcsh'], 'bash, zsh, fish'],
  ])('gateway %j', async (arguments_, said) => {
    const { code, stdout, stderr } = await gatewayInProcess(arguments_);
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

test('a service that is not there is exit code 4, with what to do', async () => {
  const { code, stderr } = await gatewayInProcess(['keys', 'list'], UNREACHABLE);
  expect(code).toBe(4);
  expect(stderr).toContain('GATEWAY_PROVISIONER_URL');
});

test('addresses are localhost with the ports of the settings, and the usual ones without settings', async () => {
  const deployment = mkdtempSync(join(folder, 'deployment-'));
  const { context } = testContext({}, { cwd: deployment });
  expect([gatewayUrl(context), provisionerUrl(context)]).toEqual(['http://localhost:4000', 'http://localhost:8100']);
  writeFileSync(
    join(deployment, 'gateway.yaml'),
    'providers: { anthropic: { credentials: variable } }\nlitellm: { port: 9 }\nkey_provisioner: { port: 11 }\n',
  );
  const here = await gateway(['keys', 'list'], { env: { GATEWAY_ADMIN_TOKEN: 'x' }, cwd: deployment });
  expect(here.stderr).toContain('the key-provisioner at http://localhost:11 cannot be reached');
  const named = await gateway(['verify', '--free', '--settings', join(deployment, 'gateway.yaml')]);
  expect(named.stdout).toContain('http://localhost:9');
});

test('a service that cuts every connection is unreachable, and never silence', async () => {
  // As a port of Docker's does whose container is still starting.
  const server = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...UNREACHABLE, GATEWAY_PROVISIONER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  for (let time = 0; time < 3; time += 1) {
    const { code, stderr } = await gateway(['keys', 'list'], { env });
    expect(stderr).toContain('cannot be reached');
    expect(code).toBe(4);
  }
  server.close();
});

test('an address without http:// is a wrong argument', async () => {
  const { code, stderr } = await gatewayInProcess(['keys', 'list'], {
    ...UNREACHABLE,
    GATEWAY_PROVISIONER_URL: 'localhost:8100',
  });
  expect(stderr).toContain('http://localhost:8100');
  expect(code).toBe(2);
});

test('with --json an error is one line of JSON on standard error', async () => {
  const { code, stdout, stderr } = await gateway(['keys', 'list', '--json'], { env: UNREACHABLE });
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(JSON.parse(stderr).error).toMatchObject({ exit_code: 4 });
});

test.each([
  [['--json'], 'no command was given'],
  [['--json', 'keys'], 'no command was given'],
  [['--json', 'kyes'], "unknown command 'kyes'"],
  [['keys', 'list', '--state', 'gone', '--json'], 'active, revoked, expired'],
  [['review', '--json'], '--base'],
])('with --json so are wrong arguments: gateway %j', async (arguments_, said) => {
  const { code, stdout, stderr } = await gatewayInProcess(arguments_);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(JSON.parse(stderr).error).toMatchObject({ exit_code: 2, message: expect.stringContaining(said) });
});

test.each([[['--help']], [['keys', 'create', 'ci', '--help']], [['doctor', '--help']]])(
  'exit codes are in the help: gateway %j',
  async (arguments_) => {
    const { stdout } = await gatewayInProcess(arguments_);
    for (const code of [0, 1, 2, 3, 4, 70, 130]) expect(stdout).toMatch(new RegExp(`\\b${code} [a-z]+`));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test('help and version are no errors', async () => {
  expect(await gatewayInProcess(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(await gatewayInProcess(['keys', 'create', '--help'])).toMatchObject({ code: 0, stderr: '' });
  expect((await gateway(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("the doctor tells a password that PostgreSQL refuses from a database that is not there, by Prisma's words", async () => {
  const cause = async (said: string) => {
    // Both appear in one start: the engine names the reason, its client only that nothing answers.
    const lines = [said, 'httpx.ConnectError: All connection attempts failed', 'Application startup failed. Exiting.'];
    writeFileSync(join(folder, 'litellm.log'), lines.join('\n'));
    const { stdout } = await gatewayInProcess(['doctor', '--free', '--json', '--logs', folder], UNREACHABLE);
    const findings = JSON.parse(stdout).findings as { id: string; cause: string }[];
    return findings.find(({ id }) => id === 'database-down')?.cause;
  };
  expect(
    await cause('Error: P1000: Authentication failed against database server, the provided credentials are not valid.'),
  ).toBe('PostgreSQL refuses the password');
  expect(await cause("Error: P1001: Can't reach database server at `postgres`:`5432`")).toBe(
    'PostgreSQL does not answer the gateway',
  );
});

describe('verify', () => {
  // Stands in for a gateway that takes its time and knows nothing else.
  const slow = createServer((_, response) => void setTimeout(() => response.end("I'm alive!"), 2500));
  let env: Record<string, string>;
  beforeAll(async () => {
    await once(slow.listen(0, '127.0.0.1'), 'listening');
    env = { ...UNREACHABLE, GATEWAY_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`, NO_COLOR: '1' };
  });
  afterAll(() => slow.close());

  test('on a terminal a slow check that goes well is ticked, with the time it took', async () => {
    const { stdout } = await onTerminal(['verify', '--free'], 100, { env });
    expect(stdout).toMatch(/✔ the gateway answers .* \[?[23] s/);
    expect(stdout).not.toContain('✖ the gateway answers');
  });

  test('Ctrl-C ends it with 130 and a word', async () => {
    const { code, stdout } = await onTerminal(['verify', '--free'], 100, {
      env,
      keepOpen: true,
      whileRunning: (child) => {
        const interruptOnce = (text: string) => {
          if (!text.includes('the gateway answers')) return;
          child.stdout?.off('data', interruptOnce);
          child.stdin?.write('\u0003');
        };
        child.stdout?.on('data', interruptOnce);
      },
    });
    expect(code).toBe(130);
    expect(stdout).toContain('interrupted');
  });

  test('a model that is not served gets a suggestion', async () => {
    const { code, stderr } = await gatewayInProcess(['verify', '--model', 'claude-haiku'], UNREACHABLE);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "claude-haiku-4-5"?');
  });
});

test('prose ends at the edge of the terminal, commands stay whole', async () => {
  const { stdout } = await onTerminal(['doctor', '--free', '--today', '2026-11-23'], 50, {
    env: { ...UNREACHABLE, NO_COLOR: '1' },
  });
  const lines = stdout.split('\r\n');
  const evidence = lines.filter((line) => /^ {2}(cause|evidence)|^ {12}(?!#)/.test(line));
  expect(evidence.length).toBeGreaterThan(5);
  expect(Math.max(...evidence.map((line) => [...line].length))).toBeLessThanOrEqual(50);
});

describe('models', () => {
  test('a model is warned of before it retires, and said to be retired afterwards', async () => {
    const warnings = async (today: string) => {
      const { stdout } = await gatewayInProcess(['models', '--json', '--today', today]);
      const found = JSON.parse(stdout).warnings as { model: string; urgency: string }[];
      return found.find(({ model }) => model === 'claude-sonnet-4-5')?.urgency;
    };
    expect(await warnings('2026-09-01')).toBeUndefined();
    expect(await warnings('2026-11-23')).toBe('soon');
    expect(await warnings('2026-11-30')).toBe('now');
  });

  test('--check fails a CI job where a model retires soon', async () => {
    expect((await gatewayInProcess(['models', '--check', '--today', '2026-11-23'])).code).toBe(1);
    expect((await gatewayInProcess(['models', '--today', '2026-11-23'])).code).toBe(0);
  });

  test.each([120, 60, 30])(
    'on a terminal of %i columns every model is named, and no row of the table is cut',
    async (columns) => {
      const { stdout } = await onTerminal(['models', '--today', '2026-11-23'], columns, { env: { NO_COLOR: '1' } });
      const table = (stdout.split('prices in US dollars')[0] ?? '').split('\r\n');
      expect(stdout).toContain('claude-haiku-5-5');
      if (columns >= 60) expect(Math.max(...table.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    },
  );

  test('colour is for terminals, and not where NO_COLOR is set', async () => {
    const colour = '\u001b[';
    expect((await onTerminal(['models'], 100)).stdout).toContain(colour);
    expect((await onTerminal(['models'], 100, { env: { NO_COLOR: '1' } })).stdout).not.toContain(colour);
    expect((await gateway(['models'], { env: { CI: 'true' } })).stdout).not.toContain(colour);
  });

  test('a reader that leaves early is no error', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', 'set -o pipefail; for _ in 1 2 3; do bin/gateway models | true || exit 1; done'],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('generate-key', () => {
  test("a Coder token's id is told apart from the token", async () => {
    const { code, stderr } = await gateway(['generate-key', '--json'], {
      env: { ...UNREACHABLE, CODER_SESSION_TOKEN: 'a1b2c3d4e5' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('the id of a Coder token');
  });

  test('the token of `coder login` is found, and then asked with', async () => {
    mkdirSync(join(folder, 'coderv2'));
    writeFileSync(join(folder, 'coderv2', 'session'), `a1b2c3d4e5-${'x'.repeat(22)}\n`);
    const env = { ...UNREACHABLE, CODER_CONFIG_DIR: join(folder, 'coderv2') };
    expect((await gateway(['generate-key', '--json'], { env })).code).toBe(4);
  });

  test('without a token and without a terminal it says where one comes from', async () => {
    const { code, stderr } = await gateway(['generate-key', '--json'], { env: { ...UNREACHABLE, HOME: folder } });
    expect(code).toBe(2);
    expect(stderr).toContain('CODER_SESSION_TOKEN');
  });

  test('a typed token is not shown', async () => {
    const typed = `a1b2c3d4e5-${'y'.repeat(22)}`;
    const { stdout } = await onTerminal(['generate-key'], 80, {
      env: { ...UNREACHABLE, HOME: folder },
      whileRunning: (child) =>
        child.stdout?.on('data', (text: string) => {
          if (text.includes('session token')) setTimeout(() => child.stdin?.write(`${typed}\r`), 300);
        }),
      keepOpen: true,
    });
    expect(stdout).not.toContain(typed);
    expect(stdout).toContain('cannot be reached');
  });
});

describe('completion', () => {
  const complete = async (words: string[]) => {
    const { stdout: script } = await gatewayInProcess(['completion', 'bash']);
    const list = words.map((word) => `'${word}'`).join(' ');
    const program = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _gateway; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', program], { encoding: 'utf8' }).stdout.trim().split('\n');
  };

  test('bash offers commands, subcommands, choices and options', async () => {
    expect(await complete(['gateway', 'ke'])).toEqual(['keys']);
    expect(await complete(['gateway', 'keys', 're'])).toEqual(['revoke', 'restore', 'reset-spend', 'reconcile']);
    expect(await complete(['gateway', 'keys', 'create', 'agent', ''])).toEqual(
      expect.arrayContaining(['review', 'write', '--budget']),
    );
    expect(await complete(['gateway', 'keys', 'list', '--scope', 'agent'])).toEqual(['agent:review', 'agent:write']);
  });

  const whereThereIs = (shell: string) => (spawnSync(shell, ['--version']).status === 0 ? test : test.skip);

  whereThereIs('fish')('fish offers the same, with what each is for', async () => {
    const { stdout: script } = await gatewayInProcess(['completion', 'fish']);
    const file = join(folder, 'gateway.fish');
    writeFileSync(file, script);
    const offered = (line: string) =>
      spawnSync('fish', ['-c', `source ${file}; complete -C '${line}'`], { encoding: 'utf8', env: UNREACHABLE }).stdout;
    expect(offered('gateway ke')).toBe('keys\tissue, list, revoke, rotate virtual keys\n');
    expect(offered('gateway keys re')).toMatch(/^reconcile\t.*\nreset-spend\t.*\nrestore\t.*\nrevoke\t.*\n$/);
    expect(offered('gateway keys create agent ')).toBe('review\nwrite\n');
    expect(offered('gateway keys list --scope agent')).toMatch(/^agent:review\t.*\nagent:write\t.*\n$/);
  });

  whereThereIs('zsh')('zsh completes what is typed on a terminal', async () => {
    const { stdout: script } = await gatewayInProcess(['completion', 'zsh']);
    const file = join(folder, 'gateway.zsh');
    writeFileSync(file, script);
    // A shell on a terminal of zsh's own; what it shows after each Tab is printed, with its control sequences.
    const program = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source ${file}; echo LOA""DED'
      zpty -r shell shown '*LOADED*'
      try() {
        zpty -w -n shell "$1"$'\\t'
        zpty -r shell shown "$2"
        print -rn -- $shown
        zpty -w -n shell $'\\x15'
      }
      try 'gateway ke' '*keys*'
      try 'gateway keys re' '*revoke *its name and spend*'
      try 'gateway keys list --scope ' '*user *workspace*'`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', program], { encoding: 'utf8', timeout: 50_000 });
    expect(stdout).toContain('gateway keys');
    expect(stdout).toMatch(/reset-spend +-- set a key's spend to zero/);
    expect(stdout).toMatch(/restore +-- let a revoked key work again/);
    expect(stdout).toMatch(/agent:review +agent:write +ci +user +workspace/);
  });
});
