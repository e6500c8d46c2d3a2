import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BootstrapUser } from '../../../../cli/provisioner-client';
import { gatewayInProcess } from '../in-process';

const folder = mkdtempSync(join(tmpdir(), 'gateway-users-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the key-provisioner is sent; in its place, one that gives everybody a key, or answers as told. */
async function bootstrap(csv: string | Buffer, answer?: (users: BootstrapUser[]) => { status: number; body: unknown }) {
  const file = join(folder, 'users.csv');
  writeFileSync(file, csv);
  const sent: BootstrapUser[][] = [];
  const seen = await gatewayInProcess(
    ['keys', 'bootstrap', file, '--json'],
    { GATEWAY_ADMIN_TOKEN: 'x' },
    {
      http: async (_target, { body }) => {
        const { users } = JSON.parse(String(body)) as { users: BootstrapUser[] };
        sent.push(users);
        const { status, body: reply } = answer?.(users) ?? {
          status: 200,
          body: {
            created: [],
            existing: users.map(({ username }) => ({ username, name: username, state: 'active' })),
            failed: [],
          },
        };
        return { status, ok: status === 200, headers: new Headers(), text: JSON.stringify(reply) };
      },
    },
  );
  return { ...seen, sent };
}

/** Refused whole: nothing is sent, and the exit code says so. */
async function refused(csv: string | Buffer): Promise<string> {
  const { code, stdout, stderr, sent } = await bootstrap(csv);
  expect({ code, stdout, sent }).toEqual({ code: 2, stdout: '', sent: [] });
  return JSON.parse(stderr).error.message;
}

const accepted = async (csv: string | Buffer) => (await bootstrap(csv)).sent.flat();

test.each([
  ['a user_id', 'username,user_id\nann,1\nbob,2\neve,1\n', 'line 4: the user_id "1" is already in line 2'],
  ['a username', 'username\nann\nann\n', 'line 3: the username "ann" is already in line 2'],
  ['a username that is the user_id of another line', 'username,user_id\nann,bob\nbob,\n', 'line 3: the username "bob"'],
  ['a user_id that is the username of another line', 'username,user_id\nbob,\nann,bob\n', 'line 3: the user_id "bob"'],
])('two lines with %s are refused: one of them would get nothing', async (_what, csv, said) => {
  expect(await refused(csv)).toContain(said);
});

test('what begins with # is a comment, and within a name # is a character', async () => {
  const users = await accepted('# people of May\nusername,max_budget\nann#x,1\n"#bob",2\n#eve,3\n');
  expect(users).toEqual([
    { username: 'ann#x', max_budget: 1 },
    { username: '#bob', max_budget: 2 },
  ]);
});

test('quotes hold commas, semicolons and quotes', async () => {
  expect(await accepted('username\n"grace, the ""first"""\n" lin;n "\n')).toEqual([
    { username: 'grace, the "first"' },
    { username: 'lin;n' },
  ]);
});

test.each([
  ['a byte order mark', '\ufeffusername,rpm_limit\nann,5\nbob,\n'],
  ['CRLF', 'username,rpm_limit\r\nann,5\r\nbob,\r\n'],
  ['CR', 'username,rpm_limit\rann,5\rbob,\r'],
  ['mixed line endings', 'username,rpm_limit\r\nann,5\nbob,\r\n'],
  ['empty lines', '\nusername,rpm_limit\n\n\nann,5\n,\n  \nbob,\n\n'],
  ['semicolons', 'username;rpm_limit\nann;5\nbob;\n'],
  ['tabs', 'username\trpm_limit\nann\t5\nbob\t\n'],
  ['columns beside the table', 'username,rpm_limit,,\nann,5,,\nbob,,,\n'],
  ['shorter lines', 'username,rpm_limit\nann,5\nbob\n'],
])('a file with %s is read', async (_what, csv) => {
  expect(await accepted(csv)).toEqual([{ username: 'ann', rpm_limit: 5 }, { username: 'bob' }]);
});

test.each([
  ['after empty lines and comments', '\n# a\nusername,rpm_limit\n\n# b\nann,5\n\nbob,x\n', 'line 8, rpm_limit'],
  ['with CRLF', 'username,rpm_limit\r\n\r\nann,5\r\nbob,x\r\n', 'line 4, rpm_limit'],
  ['after a cell of two lines', 'username,rpm_limit\r\n"an\r\nn",5\r\nbob,x\r\n', 'line 4, rpm_limit'],
  ['of a cell of two lines', 'username,rpm_limit\nann,5\n"bo\nb",5\n', 'line 3, username'],
  [
    'beyond the first fifty',
    `username\n${Array.from({ length: 54 }, (_, at) => `u${at}`).join('\n')}\n,\n${'x'.repeat(129)}\n`,
    'line 57, username',
  ],
])('a wrong line is named by its number in the file: %s', async (_where, csv, said) => {
  expect(await refused(csv)).toContain(said);
});

test('every wrong line is told at once, with what was found', async () => {
  const said = await refused(
    'username,user_id,max_budget,rpm_limit\nann,,lots,\n,,3,\nbob,,0,0\neve,a b,1e3,1.5\nlin,,2000000,\nmax,,"1,5",\nnoa,,-1,\nzoe,,1,1,oops\n',
  );
  for (const part of [
    'line 2, max_budget: must be a number, such as 12.50 (found "lots")',
    'line 3, username: a name is missing',
    'line 4, max_budget',
    'line 4, rpm_limit',
    'line 5, user_id: must be printable ASCII characters without spaces (found "a b")',
    'line 5, max_budget: must be a number',
    'line 5, rpm_limit',
    'line 6, max_budget',
    'line 7, max_budget: must be a number, such as 12.50 (found "1,5")',
    'line 8, max_budget',
    'line 9: 1 more cells than the heading has columns',
  ])
    expect(said).toContain(part);
});

test.each([
  ['empty', '', 'has no column "username"'],
  ['only a heading', 'username\n', 'has no users'],
  ['a heading twice', 'username,username\na,b\n', 'has the column "username" twice'],
  ['Latin-1', Buffer.from('username\nJ\xf6rg\n', 'latin1'), 'is not text in UTF-8'],
  ['UTF-16', Buffer.from('\ufeffusername\nann\n', 'utf16le'), 'is not text in UTF-8'],
  ['an open quote', 'username\n"ann\nbob\n', 'is not a valid CSV file'],
])('a file that is no list of users is refused: %s', async (_what, csv, said) => {
  expect(await refused(csv)).toContain(said);
});

test('where the service refuses a request, its users are named by their lines, and the exit code is its own', async () => {
  const { code, stderr } = await bootstrap('username\n\nann\nbob\n', () => ({
    status: 400,
    body: { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'users.1.username: is not allowed' },
  }));
  expect(code).toBe(3);
  expect(JSON.parse(stderr).error.message).toContain('lines 3 to 4: ');
  expect(JSON.parse(stderr).error.message).toContain('line 4.username');
});
