import type { Command } from 'commander';
import type { CommandContext } from '../context';
import * as audit from './audit-command';
import * as corrections from './corrections-command';
import * as repair from './repair-command';
import * as month from './report/month-command';
import * as totals from './report/totals-command';

/** `gateway spend …`: what requests cost, by LiteLLM's own ledger. */
export function register(program: Command, context: CommandContext): void {
  const spend = program
    .command('spend')
    .description('what was spent: by person, model or day; check the ledger, settle it with bills, correct it');
  for (const command of [totals, month, audit, repair, corrections]) command.register(spend, context);
}
