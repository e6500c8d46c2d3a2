import crypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallExpression, type Expression, type Node, parseSync, type TemplateLiteral } from '@swc/core';
import { buildApp } from '../../../images/key-provisioner/src/app';
import { sameSecret } from '../../../images/key-provisioner/src/identity/constant-time';
import { provesIdentity } from '../../../images/key-provisioner/src/identity/workspace-token';
import { configuration, SECRETS } from './configuration';

const SOURCE = join(__dirname, '../../../images/key-provisioner/src');
const compare = jest.spyOn(crypto, 'timingSafeEqual');
beforeEach(() => compare.mockClear());
afterAll(() => compare.mockRestore());

/** Lengths of what was compared, pair by pair. */
const compared = () => compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);

test.each([
  ['the same', 'secret-0123456789', 'secret-0123456789', true],
  ['one character off at the end', 'secret-0123456789', 'secret-012345678x', false],
  ['one character off at the beginning', 'secret-0123456789', 'xecret-0123456789', false],
  ['a beginning', 'secret-0123456789', 'secret', false],
  ['a continuation', 'secret-0123456789', 'secret-0123456789-and-more', false],
  ['nothing', 'secret-0123456789', '', false],
  ['longer in bytes than in characters', 'secret-é', 'secret-e', false],
])('%s is compared as digests of one length', (_what, a, b, same) => {
  expect(sameSecret(a, b)).toBe(same);
  expect(compared()).toEqual([[32, 32]]);
});

test.each(['x', SECRETS.adminToken.slice(0, -1), `${SECRETS.adminToken}x`, SECRETS.adminToken])(
  'the admin token is never compared otherwise (%#)',
  async (token) => {
    const litellm = { url: 'http://127.0.0.1:9', masterKey: 'sk-master-key-of-these-tests' };
    const app = await buildApp({ configuration, secrets: SECRETS, litellm });
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode } = await app.inject({ method: 'POST', url: '/api/v1/admin/reconcile', headers, payload: {} });
    await app.close();
    // Let in, it finds that there is no LiteLLM here.
    expect(statusCode).toBe(token === SECRETS.adminToken ? 503 : 401);
    expect(compared()).toEqual([[32, 32]]);
  },
);

test.each(['x', 'f'.repeat(64)])("a workspace's token is never compared otherwise (%#)", (token) => {
  const identity = { workspace_id: 'w', owner_id: 'o', username: 'ann' };
  expect(provesIdentity(SECRETS.workspaceIdentitySecret, identity, token)).toBe(false);
  expect(compared()).toEqual([[32, 32]]);
});

test('no operator compares a credential where requests are answered', () => {
  const comparisons = ['http', 'identity', 'routes'].flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => credentialComparisons(join(SOURCE, folder, name))),
  );
  expect(comparisons).toEqual([]);
});

test('such a comparison would be found', () => {
  const found = (text: string) => credentialComparisons('x.ts', text);
  expect(found('if (token === this.adminToken) pass();')).toEqual(['x.ts: token === this.adminToken']);
  expect(found('const ok = secret != other;')).toHaveLength(1);
  expect(found('function f() { return key.startsWith(expected) || credentials.includes(given); }')).toHaveLength(2);
  expect(found('const ok = key?.startsWith(expected) || this.token?.includes?.(given);')).toHaveLength(2);
  expect(found('const ok = token === `${given}` || token === true;')).toHaveLength(2);
  expect(found('if (token === undefined || key === "" || token === null || key === `x`) refuse();')).toEqual([]);
});

/** Comparisons of something whose name is that of a credential with anything but a literal or undefined. */
function credentialComparisons(file: string, text = readFileSync(file, 'utf8')): string[] {
  // Positions are bytes, counted on from one parsed text to the next: those of this one begin at its first semicolon.
  const bytes = Buffer.from(`;${text}`);
  const module = parseSync(bytes.toString(), { syntax: 'typescript' });
  const found: string[] = [];
  const textOf = (node: unknown) => {
    const { start, end } = (node as Expression & { span: typeof module.span }).span;
    return bytes.subarray(start - module.span.start, end - module.span.start).toString();
  };
  const isCredential = (node: Node) =>
    /(^|[._])(\w*(token|secret|credentials?|authorization|password)|(api_?)?key)$/i.test(textOf(node));
  const isConstant = (node: Node) =>
    node.type === 'TemplateLiteral'
      ? (node as TemplateLiteral).expressions.length === 0
      : /^(String|Numeric|BigInt|RegExp|Null)Literal$/.test(node.type) || textOf(node) === 'undefined';
  const note = (node: Node) => found.push(`${file}: ${textOf(node)}`);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Expression;
    if (node.type === 'BinaryExpression' && /^[!=]==?$/.test(node.operator)) {
      const { left, right } = node;
      if ((isCredential(left) || isCredential(right)) && !isConstant(left) && !isConstant(right)) note(node);
    }
    const callee = node.type === 'CallExpression' ? withoutOptional(node.callee) : undefined;
    if (callee?.type === 'MemberExpression') {
      const { object, property } = callee;
      if (isCredential(object) && /^(includes|startsWith|endsWith|localeCompare)$/.test(textOf(property))) note(node);
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(module);
  return found;
}

/** What is called by `a?.b()`, or by `a.b()`. */
const withoutOptional = (callee: CallExpression['callee']) =>
  callee.type === 'OptionalChainingExpression' ? callee.base : callee;
