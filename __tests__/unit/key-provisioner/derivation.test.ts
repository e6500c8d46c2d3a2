import fc from 'fast-check';
import { SCOPES } from '../../../images/key-provisioner/src/configuration';
import { Derivation, hashKey, scopeMark } from '../../../images/key-provisioner/src/keys/derivation';
import { type KeyId, keyName, parseKeyName } from '../../../images/key-provisioner/src/keys/key-id';
import { SECRETS } from './configuration';

const derivation = new Derivation(SECRETS.keyDerivationSecret);

/** Subjects of every kind: separators, unicode, case, length, and pieces that could be mistaken for one another. */
const subject = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }),
  fc.string({ unit: fc.constantFrom('a', 'A', 'b', '-', '|', '/', '"', ',', ':', '1', '\\', 'g'), minLength: 1 }),
  fc.uuid(),
);
const keyId: fc.Arbitrary<KeyId> = fc.record({ scope: fc.constantFrom(...SCOPES), subject });
const generation = fc.integer({ min: 1, max: 1000 });

test('two different scopes, subjects or generations never share a key, an alias or a mark', () => {
  fc.assert(
    fc.property(keyId, generation, keyId, generation, (a, ga, b, gb) => {
      const same = a.scope === b.scope && a.subject === b.subject;
      expect(derivation.mark(a) === derivation.mark(b)).toBe(same);
      expect(derivation.key(a, ga) === derivation.key(b, gb)).toBe(same && ga === gb);
      expect(derivation.alias(a, ga) === derivation.alias(b, gb)).toBe(same && ga === gb);
    }),
    { numRuns: 2000 },
  );
});

test('a key is one that LiteLLM accepts, and the same in every copy of the service', () => {
  fc.assert(
    fc.property(keyId, generation, (id, number) => {
      const key = derivation.key(id, number);
      expect(key).toMatch(/^sk-[\w-]{43}$/);
      expect(new Derivation(SECRETS.keyDerivationSecret).key({ ...id }, number)).toBe(key);
      expect(new Derivation('another-secret-0123456789').key(id, number)).not.toBe(key);
      expect(derivation.hash(id, number)).toBe(hashKey(key));
    }),
  );
});

test('an alias cannot be guessed without the derivation secret', () => {
  const id: KeyId = { scope: 'workspace', subject: 'a2f0' };
  expect(derivation.alias(id, 1)).not.toBe(new Derivation('another-secret-0123456789').alias(id, 1));
  expect(derivation.alias(id, 1)).toMatch(/^workspace-a2f0\/gateway-workspace-[0-9a-f]{24}-g1$/);
});

test('an alias holds the marks by which it is searched', () => {
  fc.assert(
    fc.property(keyId, generation, (id, number) => {
      const alias = derivation.alias(id, number);
      expect(alias).toContain(derivation.mark(id));
      expect(alias).toContain(scopeMark(id.scope));
      expect(alias).toContain(scopeMark());
      expect(alias.slice(alias.lastIndexOf(derivation.mark(id)) + derivation.mark(id).length)).toBe(String(number));
    }),
  );
});

test('the name of a key leads back to its scope and subject', () => {
  fc.assert(
    fc.property(fc.constantFrom('workspace', 'user', 'ci'), subject, (scope, text) => {
      const id = { scope, subject: text } as KeyId;
      expect(parseKeyName(keyName(id))).toEqual(id);
    }),
  );
  expect(parseKeyName('agent-review')).toEqual({ scope: 'agent:review', subject: 'review' });
  expect(keyName({ scope: 'agent:write', subject: 'write' })).toBe('agent-write');
});

test.each(['', 'workspace', 'workspace-', 'agent-', 'agent-other', 'someone', 'CI-repo'])(
  '"%s" is not the name of a key',
  (name) => {
    expect(parseKeyName(name)).toBeUndefined();
  },
);
