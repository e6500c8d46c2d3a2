import type { Command } from 'commander';
import type { KeyInfo } from '../../images/key-provisioner/src/contract';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { ProvisionerClient } from '../provisioner-client';
import { day, harmless, print, printJson, usd } from '../terminal/output';
import { style } from '../terminal/style';
import { bar } from '../terminal/table';
import { wrap } from '../terminal/wrap';
import { named } from './named';

/** `gateway keys info <name>`: everything about one key but the key itself. */
export function register(keys: Command): void {
  keys
    .command('info')
    .description('everything about one key but the key itself')
    .argument('<name>', 'as `gateway keys list` shows it')
    .action(async (name: string, _: unknown, command: Command) => {
      const options = optionsOf(command);
      const client = new ProvisionerClient(adminToken(options.secretsFile));
      const key = await named(client, name, () => client.info(name));
      if (options.json) printJson(key);
      else print(...describe(key));
    });
}

function describe(key: KeyInfo): string[] {
  const spent = (spend: number, max: number, reset: string | null) =>
    `${bar(spend / max)} ${usd(spend)} of ${usd(max)}${reset ? `, starts again on ${day(reset)}` : ''}`;
  const facts: [string, string][] = [
    ['state', key.state],
    ['scope', key.scope],
    ['subject', key.subject],
    ['owner', [key.username, key.owner].filter(Boolean).join(' · ')],
    ['workspace', key.workspace_name ?? ''],
    ['spent', `${spent(key.spend, key.max_budget, key.budget_reset_at)} (up to 17 s behind)`],
    ['person', key.person ? spent(key.person.spend, key.person.max_budget, key.person.budget_reset_at) : ''],
    ['rates', `${key.rpm_limit} requests${key.tpm_limit === null ? '' : `, ${key.tpm_limit} tokens`} a minute`],
    ['models', key.models.join(', ')],
    ['generation', String(key.generation)],
    ['created', day(key.created_at)],
    ['expires', day(key.expires)],
    ['last used', day(key.last_active)],
  ];
  return [
    style.bold(key.name),
    ...facts
      .filter(([, value]) => value)
      .map(([label, value]) => wrap(`  ${style.dim(label.padEnd(10))} ${harmlessCell(value)}`, 13)),
  ];
}

// Bars carry colour of our own; names carry whatever somebody called themselves.
const harmlessCell = (value: string) => (value.includes('█') || value.includes('░') ? value : harmless(value));
