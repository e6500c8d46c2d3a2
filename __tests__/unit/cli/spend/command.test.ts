import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryRuntime } from '../../../programs/cli/doctor/memory-runtime';
import { gatewayInProcess } from '../in-process';

const audit = (...words: string[]) =>
  gatewayInProcess(['spend', 'audit', ...words], {
    GATEWAY_DATABASE_URL: 'postgresql://gateway:s3cret@127.0.0.1:9/litellm',
  });

test.each([
  [['--from', 'yesterday'], 'must be a date such as 2026-11-30'],
  [['--from', '2026-02-30'], 'must be a date such as 2026-11-30'],
  [['--threshold', '120'], 'a number from 0 to 100'],
  [['--threshold', '-1'], 'a number from 0 to 100'],
  [['--json', '--csv'], '--json and --csv exclude each other'],
  [['--from', '2026-11-27', '--to', '2026-11-26'], '--from 2026-11-27 is after --to 2026-11-26'],
  [['--workspace', 'w'], '--workspace selects lines of a bill'],
  [['--report', 'no-such-file.csv'], 'no-such-file.csv cannot be read (ENOENT)'],
])('gateway spend audit %j is a wrong use', async (words, text) => {
  const { code, stdout, stderr } = await audit(...words);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(text);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a database that cannot be reached is named without its password', async () => {
  const { code, stderr } = await audit();
  expect(code).toBe(4);
  expect(stderr).toContain('127.0.0.1:9/litellm');
  expect(stderr).not.toContain('s3cret');
});

test('an address of the database that is no URL is not repeated', async () => {
  const { code, stderr } = await gatewayInProcess(['spend', 'audit'], { GATEWAY_DATABASE_URL: 's3cret' });
  expect(code).toBe(4);
  expect(stderr).toContain('not a URL such as postgresql://');
  expect(stderr).not.toContain('s3cret');
});

test('a directory that holds no running demo is refused', async () => {
  const { code, stderr } = await gatewayInProcess(['spend', 'audit', '--demo', 'docs']);
  expect(code).toBe(2);
  expect(stderr).toContain('docs is not the directory of a demo that runs');
});

test("a demo's database is found by its directory", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'));
  try {
    mkdirSync(join(directory, 'database'));
    writeFileSync(join(directory, 'state.json'), JSON.stringify({ secrets: {}, databasePassword: 's3cret' }));
    writeFileSync(join(directory, 'database', 'postmaster.pid'), `123\n${directory}\n1790000000\n9\n\n127.0.0.1\n`);
    const { code, stderr } = await gatewayInProcess(['spend', 'audit', '--demo', directory]);
    expect(code).toBe(4);
    expect(stderr).toContain('127.0.0.1:9/litellm');
    expect(stderr).not.toContain('s3cret');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('where the deployment does not run, the command says where the ledger is and how else to reach it', async () => {
  const runtime = () => new MemoryRuntime({});
  const { code, stderr } = await gatewayInProcess(['spend', 'corrections'], {}, { runtime });
  expect(code).toBe(4);
  expect(stderr).toContain('ai-gateway-postgres, which does not exist');
  expect(stderr).toContain('GATEWAY_DATABASE_URL');
});
