import type { Command } from 'commander';
import type { CommandContext } from '../context';
import * as audit from './audit-command';
import * as corrections from './corrections-command';
import * as repair from './repair-command';

/** `gateway spend …`: what requests cost, by LiteLLM's own ledger. */
export function register(program: Command, context: CommandContext): void {
  const spend = program
    .command('spend')
    .description('what requests cost: check the ledger, settle it with bills, correct it');
  for (const command of [audit, repair, corrections]) command.register(spend, context);
}
