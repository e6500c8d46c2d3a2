import { list } from './container';
import { code, type Finding, findingsOf, type Severity } from './finding';
import { type Attributes, blocks } from './synthesized';

const privileges = findingsOf('privileges');

const capabilities = (container: Attributes, which: 'add' | 'drop') =>
  blocks(container['capabilities']).flatMap((block) => list(block[which]));

/** Bars that are taken away or put up. */
export function hardening(name: string, was: Attributes, is: Attributes, isNew: boolean): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Severity, text: string) => found.push(privileges(severity, `${code(name)} ${text}`));
  if (is['privileged'] === true && was['privileged'] !== true)
    say('high', 'runs privileged: whoever breaks out of it owns the host');
  for (const capability of capabilities(is, 'add').filter((entry) => !capabilities(was, 'add').includes(entry)))
    say('high', `gets the capability ${code(capability)}`);
  const drops = (container: Attributes) => capabilities(container, 'drop').includes('ALL');
  const confined = (container: Attributes) =>
    list(container['security_opts']).some((option) => option.startsWith('no-new-privileges'));
  const root = (container: Attributes) => /^(root|0)(:|$)/.test(String(container['user'] ?? ''));
  if (root(is) && !root(was)) say('high', 'runs as root');
  for (const mode of ['network_mode', 'pid_mode', 'ipc_mode', 'userns_mode'])
    if (is[mode] === 'host' && was[mode] !== 'host') say('high', `shares the host's ${mode.replace('_mode', '')}`);
  if (isNew) return found;
  if (drops(was) && !drops(is)) say('high', 'keeps capabilities it dropped until now');
  if (confined(was) && !confined(is)) say('high', 'may gain privileges (no `no-new-privileges`)');
  if (was['user'] && !is['user']) say('high', `runs as whatever user its image says, instead of ${code(was['user'])}`);
  if (was['read_only'] === true && is['read_only'] !== true) say('medium', 'may write to its root file system');
  if (!drops(was) && drops(is)) say('info', 'drops all capabilities');
  if (was['read_only'] !== true && is['read_only'] === true) say('info', 'has a read-only root file system');
  return found;
}
