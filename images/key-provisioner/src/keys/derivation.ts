import { createHash, createHmac } from 'node:crypto';
import type { Scope } from '../configuration';
import { type KeyId, keyName } from './key-id';

/**
 * Keys are derived, not stored: the same scope, subject and generation give the same key in every copy of this service,
 * and neither the key nor its alias can be known in advance without the derivation secret.
 */
export class Derivation {
  constructor(private readonly secret: string) {}

  /** The virtual key itself. */
  key({ scope, subject }: KeyId, generation: number): string {
    return `sk-${this.mac('key', scope, subject, generation).toString('base64url')}`;
  }

  /** What LiteLLM keeps of the key. */
  hash(id: KeyId, generation: number): string {
    return hashKey(this.key(id, generation));
  }

  /** LiteLLM's unique `key_alias`: readable, and holding marks by which keys are found again. */
  alias(id: KeyId, generation: number): string {
    // With `/../` in its alias a key could not be registered (measured, 1.108.7); by its mark it is found all the same.
    const readable = keyName(id).replace(/\.{2,}/g, (dots) => '_'.repeat(dots.length));
    return `${readable}${this.mark(id)}${generation}`;
  }

  /** The part of an alias that all generations of one key share and no other key has. */
  mark({ scope, subject }: KeyId): string {
    return `${scopeMark(scope)}${this.mac('alias', scope, subject).toString('hex').slice(0, 24)}-g`;
  }

  private mac(...message: (string | number)[]): Buffer {
    // JSON of an array is unambiguous, whatever separators an id may hold.
    return createHmac('sha256', this.secret).update(JSON.stringify(message)).digest();
  }
}

/** The part of an alias that all keys of one scope share; without a scope, all keys of this service. */
export const scopeMark = (scope?: Scope) => (scope ? `/gateway-${scope.replace(':', '-')}-` : '/gateway-');

/** LiteLLM's id of a key. */
export const hashKey = (key: string) => createHash('sha256').update(key).digest('hex');
