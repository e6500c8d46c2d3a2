import { code, type Finding, findingsOf, type Severity } from '../finding';
import { type Attributes, blocks, list } from './stack';

const privileges = findingsOf('privileges');
const plain = findingsOf('resources');

const capabilities = (container: Attributes, which: 'add' | 'drop') =>
  blocks(container['capabilities']).flatMap((block) => list(block[which]));

/** Protections that a container loses or gains. @param was undefined for a new container */
export function comparePrivileges(name: string, was: Attributes | undefined, is: Attributes): Finding[] {
  const found: Finding[] = [];
  const say = (severity: Severity, rule: string, text: string) =>
    found.push(privileges(severity, rule, `${code(name)} ${text}`));
  const old = was ?? {};
  if (is['privileged'] === true && old['privileged'] !== true)
    say('high', 'privileged', 'runs privileged: whoever breaks out of it owns the host');
  for (const capability of capabilities(is, 'add').filter((entry) => !capabilities(old, 'add').includes(entry)))
    say('high', 'capabilities', `gets the capability ${code(capability)}`);
  const drops = (container: Attributes) => capabilities(container, 'drop').includes('ALL');
  const confined = (container: Attributes) =>
    list(container['security_opts']).some((option) => option.startsWith('no-new-privileges'));
  const root = (container: Attributes) => /^(root|0)(:|$)/.test(String(container['user'] ?? ''));
  if (root(is) && !root(old)) say('high', 'user', 'runs as root');
  for (const mode of ['network_mode', 'pid_mode', 'ipc_mode', 'userns_mode'])
    if (is[mode] === 'host' && old[mode] !== 'host')
      say('high', 'host', `shares the host's ${mode.replace('_mode', '')}`);
  for (const device of blocks(is['devices']).map((block) => String(block['host_path'])))
    if (!blocks(old['devices']).some((block) => block['host_path'] === device))
      say('high', 'host', `gets the host's device ${code(device)}`);
  if (was && drops(old) && !drops(is)) say('high', 'capabilities', 'keeps capabilities it dropped until now');
  if (was && confined(old) && !confined(is))
    say('high', 'new-privileges', 'may gain privileges (no `no-new-privileges`)');
  if (was && old['user'] && !is['user'])
    say('high', 'user', `runs as whatever user its image says, instead of ${code(old['user'])}`);
  if (was && old['read_only'] === true && is['read_only'] !== true)
    say('medium', 'root-file-system', 'may write to its root file system');
  if (was && !drops(old) && drops(is)) say('info', 'capabilities', 'drops all capabilities');
  if (was && old['read_only'] !== true && is['read_only'] === true)
    say('info', 'root-file-system', 'has a read-only root file system');
  if (was && old['memory'] !== undefined && is['memory'] === undefined)
    found.push(
      plain('high', 'memory', `${code(name)} no longer has a memory limit: it can take all memory of the host`),
    );
  if (was && old['healthcheck'] !== undefined && is['healthcheck'] === undefined)
    found.push(plain('medium', 'health', `the health check of ${code(name)} is gone`));
  return found;
}
