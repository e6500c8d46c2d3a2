import type { Command } from 'commander';
import type { CommandContext } from '../context';
import * as check from './check';
import * as push from './push';

/** `gateway secrets …`: the Secret of a deployment on Kubernetes. No command prints a value. */
export function register(program: Command, context: CommandContext): void {
  const secrets = program.command('secrets').description('on Kubernetes: make or check the Secret of the platform');
  for (const part of [push, check]) part.register(secrets, context);
}
