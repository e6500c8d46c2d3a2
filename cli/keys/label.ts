import type { KeyInfo } from '../../images/key-provisioner/src/contract';

/** What a key is for, as people say it: `ada/dev` of a workspace, a person's name, a repository, an agent's role. */
export function labelOf({ scope, subject, owner, username, workspace_name: workspace }: KeyInfo): string {
  const person = username ?? owner ?? '';
  if (scope === 'workspace') return workspace ? `${person}/${workspace}` : subject;
  if (scope === 'user') return person || subject;
  return scope.startsWith('agent:') ? scope.slice('agent:'.length) : subject;
}
