import type { Command } from 'commander';
import type { Changes, ReconcileResponse } from '../../images/key-provisioner/src/contract';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { EXIT } from '../errors';
import { ProvisionerClient } from '../provisioner-client';
import { harmless, note, print, printJson, things } from '../terminal/output';
import { style } from '../terminal/style';
import { wrap } from '../terminal/wrap';

/** `gateway keys reconcile`: now what the key-provisioner does by itself every `key_provisioner.reconcile_interval_s`. */
export function register(keys: Command): void {
  keys
    .command('reconcile')
    .description(
      "bring all keys to today's policy and delete those of deleted workspaces, now instead of at the next run",
    )
    .option('--dry-run', 'only tell what would change')
    .action(async (_: unknown, command: Command) => {
      const { json, secretsFile, dryRun = false } = optionsOf<{ dryRun?: boolean }>(command);
      const result = await new ProvisionerClient(adminToken(secretsFile)).reconcile(dryRun);
      if (result.failed_total + result.unreached > 0) process.exitCode = EXIT.refused;
      if (json) return printJson(result);
      policy(result);
      workspaces(result);
    });
}

function policy(result: ReconcileResponse): void {
  const would = result.dry_run ? 'would be changed' : 'changed';
  for (const { name, changes } of result.updated) print(`${style.bold(harmless(name))} · ${inWords(changes)}`);
  for (const { id, username, changes } of result.people) {
    print(`${style.bold(harmless(`person ${username ?? id}`))} · ${inWords(changes)}`);
  }
  for (const { name, reason } of result.failed) {
    print(`${style.bold(harmless(name))} · ${style.red('not changed')}: ${harmless(reason)}`);
  }
  const left = [
    [result.updated_total - result.updated.length, 'key'],
    [result.people_total - result.people.length, 'cap'],
    [result.failed_total - result.failed.length, 'failure'],
  ] as const;
  for (const [count, what] of left) if (count > 0) print(`… and ${things(count, `more ${what}`)}`);
  const people = result.people_total > 0 ? `, the caps of ${result.people_total} people ${would}` : '';
  const failed = result.failed_total > 0 ? `, ${result.failed_total} failed` : '';
  print(
    `${things(result.compared, 'key')} compared with today's policy: ${result.updated_total} ${would}${people}${failed}`,
  );
  if (result.unreached > 0)
    note(wrap(style.dim(`LiteLLM stopped answering: ${result.unreached} are left to the next run`)));
}

function workspaces(result: ReconcileResponse): void {
  if (!result.workspaces_checked) {
    note(
      wrap(
        style.dim(
          'keys of deleted workspaces were not looked for: that needs coder.url in gateway.yaml and coder_token',
        ),
      ),
    );
    return;
  }
  for (const name of result.deleted) print(`${style.bold(harmless(name))} · its workspace is deleted`);
  const found = result.deleted.length;
  print(
    `${things(result.examined, 'workspace key')} examined: ${found} ${result.dry_run ? 'would be deleted' : 'deleted'}, ${result.kept} kept, ${result.undecided} undecided`,
  );
  if (result.undecided > 0)
    note(
      wrap(style.dim('undecided: Coder did not say clearly that the workspace is deleted, so its key is left alone')),
    );
}

const inWords = (changes: Changes): string =>
  Object.entries(changes)
    .map(([field, { from, to }]) => `${field} ${inWord(field, from, to)}`)
    .join(', ');

function inWord(field: string, from: Changes[string]['from'], to: Changes[string]['to']): string {
  if (field === 'allowed_routes') return 'as this version allows';
  if (Array.isArray(from) && Array.isArray(to)) {
    const added = to.filter((entry) => !from.includes(entry)).map((entry) => `+${entry}`);
    const removed = from.filter((entry) => !to.includes(entry)).map((entry) => `-${entry}`);
    return harmless([...removed, ...added].join(' '));
  }
  const show = (value: Changes[string]['from']) => harmless(String(value ?? 'none'));
  return `${show(from)} → ${show(to)}`;
}
