import type { Command } from 'commander';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { ProvisionerClient } from '../provisioner-client';
import { harmless, note, print, printJson, things } from '../terminal/output';
import { style } from '../terminal/style';
import { wrap } from '../terminal/wrap';

/** `gateway keys reconcile`: now what the key-provisioner does by itself every `key_provisioner.reconcile_interval_s`. */
export function register(keys: Command): void {
  keys
    .command('reconcile')
    .description('delete the keys of deleted workspaces now, instead of at the next regular run')
    .option('--dry-run', 'only tell which they are')
    .action(async (_: unknown, command: Command) => {
      const { json, secretsFile, dryRun = false } = optionsOf<{ dryRun?: boolean }>(command);
      const result = await new ProvisionerClient(adminToken(secretsFile)).reconcile(dryRun);
      if (json) return printJson(result);
      for (const name of result.deleted) print(`${style.bold(harmless(name))} · its workspace is deleted`);
      const found = result.deleted.length;
      print(
        `${things(result.examined, 'workspace key')} examined: ${found} ${dryRun ? 'would be deleted' : 'deleted'}, ${result.kept} kept, ${result.undecided} undecided`,
      );
      if (result.undecided > 0)
        note(
          wrap(
            style.dim('undecided: Coder did not say clearly that the workspace is deleted, so its key is left alone'),
          ),
        );
    });
}
