import type { Command } from 'commander';
import type { CommandContext } from '../context';
import * as actions from './actions';
import * as bootstrap from './bootstrap';
import * as create from './create';
import * as info from './info';
import * as list from './list';
import * as reconcile from './reconcile';
import * as rotate from './rotate';

/** `gateway keys …`: through the key-provisioner's admin API, never with LiteLLM's master key. */
export function register(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('issue, list, revoke, rotate virtual keys');
  for (const part of [create, bootstrap, list, info, actions, rotate, reconcile]) part.register(keys, context);
}
