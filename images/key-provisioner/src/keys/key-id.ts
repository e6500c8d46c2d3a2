import { SCOPES, type Scope } from '../configuration';

/** What a key is for: its scope, and the workspace, person or repository. Agents have no subject of their own. */
export interface KeyId {
  readonly scope: Scope;
  readonly subject: string;
}

/** The stable name of a key: `workspace-<id>`, `user-<id>`, `ci-<repo>`, `agent-review`, `agent-write`. */
export function keyName({ scope, subject }: KeyId): string {
  return scope.startsWith('agent:') ? scope.replace(':', '-') : `${scope}-${subject}`;
}

/** The reverse of {@link keyName}, or undefined for what is not the name of a key. */
export function parseKeyName(name: string): KeyId | undefined {
  for (const scope of SCOPES) {
    if (scope.startsWith('agent:')) {
      if (name === scope.replace(':', '-')) return agentId(scope);
    } else if (name.startsWith(`${scope}-`) && name.length > scope.length + 1) {
      return { scope, subject: name.slice(scope.length + 1) };
    }
  }
  return undefined;
}

/** An agent's key: one for each role. */
export const agentId = (scope: Scope): KeyId => ({ scope, subject: scope.replace('agent:', '') });

/** Whether two ids are those of the same key. */
export const sameKey = (a: KeyId, b: KeyId) => a.scope === b.scope && a.subject === b.subject;
