import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { provesIdentity, workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { SECRETS } from './configuration';

const secret = SECRETS.workspaceIdentitySecret;
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '|', '-', '1', 'é'), minLength: 1, maxLength: 6 });
const identity = fc.record({ workspace_id: text, owner_id: text, username: text });

test('the token is the nested hash that the template computes', () => {
  const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
  expect(workspaceToken(secret, { workspace_id: 'w', owner_id: 'o', username: 'ann' })).toBe(
    sha256(secret + sha256(`${secret}w|o|ann`)),
  );
});

test('no token proves two different workspaces', () => {
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      const same = a.workspace_id === b.workspace_id && a.owner_id === b.owner_id && a.username === b.username;
      if (provesIdentity(secret, a, workspaceToken(secret, a))) {
        expect(provesIdentity(secret, b, workspaceToken(secret, a))).toBe(same);
      }
    }),
    { numRuns: 5000 },
  );
});

test('an id with the separator proves nothing, even with the right token', () => {
  const moved = { workspace_id: 'a|b', owner_id: 'c', username: 'ann' };
  expect(workspaceToken(secret, moved)).toBe(
    workspaceToken(secret, { workspace_id: 'a', owner_id: 'b|c', username: 'ann' }),
  );
  expect(provesIdentity(secret, moved, workspaceToken(secret, moved))).toBe(false);
});

test.each(['', 'x', 'Bearer x'])('"%s" is not a token', (token) => {
  expect(provesIdentity(secret, { workspace_id: 'w', owner_id: 'o', username: 'ann' }, token)).toBe(false);
});
