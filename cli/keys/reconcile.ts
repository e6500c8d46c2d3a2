import type { Command } from 'commander';
import type { Changes, ReconcileResponse } from '../../images/key-provisioner/src/contract';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { EXIT } from '../errors';
import { type CredentialOptions, type GlobalOptions, optionsOf, secretsFileOption } from '../options';
import type { Io } from '../terminal/io';
import { plural, sanitize } from '../terminal/output';

interface Options extends CredentialOptions, GlobalOptions {
  readonly dryRun?: boolean;
}

/** `gateway keys reconcile`: now what the key-provisioner does by itself every `key_provisioner.reconcile_interval_s`. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('reconcile')
    .description(
      "bring all keys in line with today's policy and delete those of deleted workspaces, now instead of at the next run",
    )
    .option('--dry-run', 'only show what would change')
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io } = context;
  const result = await adminClient(context, options).reconcile(options.dryRun ?? false);
  if (result.failed_total + result.unreached > 0) context.exitCode = EXIT.refused;
  if (options.json) return io.printJson(result);
  showPolicy(io, result);
  showWorkspaces(io, result);
}

function showPolicy(io: Io, result: ReconcileResponse): void {
  const { style, errorStyle } = io;
  const would = result.dry_run ? 'would be changed' : 'changed';
  for (const { name, changes } of result.updated)
    io.print(`${style.bold(sanitize(name))} · ${describeChanges(changes)}`);
  for (const { id, username, changes } of result.people) {
    io.print(`${style.bold(sanitize(`user ${username ?? id}`))} · ${describeChanges(changes)}`);
  }
  for (const { name, reason } of result.failed) {
    io.print(`${style.bold(sanitize(name))} · ${style.red('not changed')}: ${sanitize(reason)}`);
  }
  const left = [
    [result.updated_total - result.updated.length, 'key'],
    [result.people_total - result.people.length, 'user budget'],
    [result.failed_total - result.failed.length, 'failure'],
  ] as const;
  for (const [count, what] of left) if (count > 0) io.print(`… and ${plural(count, `more ${what}`)}`);
  const people = result.people_total > 0 ? `, ${plural(result.people_total, 'user budget')} ${would}` : '';
  const failed = result.failed_total > 0 ? `, ${result.failed_total} failed` : '';
  io.print(
    `${plural(result.compared, 'key')} compared with today's policy: ${result.updated_total} ${would}${people}${failed}`,
  );
  if (result.unreached > 0)
    io.note(
      io.wrap(errorStyle.dim(`LiteLLM stopped answering: ${plural(result.unreached, 'key')} left for the next run`)),
    );
}

function showWorkspaces(io: Io, result: ReconcileResponse): void {
  const { style, errorStyle } = io;
  if (!result.workspaces_checked) {
    const missing = 'keys of deleted workspaces were not checked: that needs coder.url in gateway.yaml and coder_token';
    io.note(io.wrap(errorStyle.dim(missing)));
    return;
  }
  for (const name of result.deleted) io.print(`${style.bold(sanitize(name))} · its workspace was deleted`);
  const found = result.deleted.length;
  io.print(
    `${plural(result.examined, 'workspace key')} checked: ${found} ${result.dry_run ? 'would be deleted' : 'deleted'}, ${result.kept} kept, ${result.undecided} undecided`,
  );
  if (result.undecided > 0)
    io.note(
      io.wrap(
        errorStyle.dim('undecided: Coder did not confirm that the workspace was deleted, so its key is left alone'),
      ),
    );
}

const describeChanges = (changes: Changes): string =>
  Object.entries(changes)
    .map(([field, { from, to }]) => `${field} ${describeChange(field, from, to)}`)
    .join(', ');

function describeChange(field: string, from: Changes[string]['from'], to: Changes[string]['to']): string {
  if (field === 'allowed_routes') return 'as this version defines them';
  if (Array.isArray(from) && Array.isArray(to)) {
    const added = to.filter((entry) => !from.includes(entry)).map((entry) => `+${entry}`);
    const removed = from.filter((entry) => !to.includes(entry)).map((entry) => `-${entry}`);
    return sanitize([...removed, ...added].join(' '));
  }
  const show = (value: Changes[string]['from']) => sanitize(String(value ?? 'none'));
  return `${show(from)} → ${show(to)}`;
}
