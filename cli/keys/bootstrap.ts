import type { Command } from 'commander';
import type { BootstrapResponse } from '../../images/key-provisioner/src/contract';
import { adminClient } from '../clients';
import type { CommandContext } from '../context';
import { CliError, EXIT } from '../errors';
import {
  type CredentialOptions,
  type GlobalOptions,
  type OutputOptions,
  optionsOf,
  secretsFileOption,
} from '../options';
import type { Io } from '../terminal/io';
import { sanitize } from '../terminal/output';
import { handlingSignal } from '../terminal/shutdown';
import { table } from '../terminal/table';
import { checkWritable, destination } from './deliver';
import { ResultFile } from './result-file';
import { readUsers, type UserLine } from './users-file';

type Options = OutputOptions & CredentialOptions & GlobalOptions;

/** Users per request: as many keys are lost at most when something goes wrong between the answer and the file. */
const BATCH_SIZE = 50;

/** `gateway keys bootstrap users.csv`: can be repeated; only users without a key get one. */
export function register(keys: Command, context: CommandContext): void {
  keys
    .command('bootstrap')
    .description('issue a key to every user in a CSV file who has none yet; can be repeated')
    .argument('<users.csv>', 'columns: username and, optionally, user_id, max_budget, rpm_limit')
    .option('-o, --output <file>', 'add new keys to this CSV file, readable only by you')
    .addOption(secretsFileOption())
    .action((csv: string, _: unknown, command: Command) => run(csv, optionsOf(command), context));
}

async function run(csv: string, options: Options, context: CommandContext): Promise<void> {
  const { io, path } = context;
  const client = adminClient(context, options);
  const users = readUsers(context, csv);
  if (options.output !== undefined) checkWritable(path(options.output), options.output);
  else destination(context, options);
  const file = options.output === undefined ? undefined : await ResultFile.open(context, options.output);
  const result: BootstrapResponse = { created: [], existing: [], failed: [] };

  // Ctrl-C between two batches loses nothing; within one it would lose keys that exist already.
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
    io.note('finishing the current batch …');
  };
  let failure: unknown;
  await handlingSignal('SIGINT', onInterrupt, async () => {
    for (let start = 0; start < users.length && !interrupted; start += BATCH_SIZE) {
      const batch = users.slice(start, start + BATCH_SIZE);
      const answer = await client.bootstrap(batch.map(({ user }) => user)).catch((error: unknown) => {
        throw inLines(error, batch);
      });
      if (file && answer.created.length > 0) await file.add(answer.created);
      result.created.push(...answer.created);
      result.existing.push(...answer.existing);
      result.failed.push(...answer.failed);
      if (users.length > BATCH_SIZE && io.stderr.isTTY)
        io.note(`${Math.min(start + BATCH_SIZE, users.length)} of ${users.length}`);
    }
  }).catch((error: unknown) => {
    failure = error;
  });
  show(io, result, options);
  if (failure) throw failure;
  if (interrupted) throw new CliError('interrupted', EXIT.interrupted, 'run the same command again to continue');
  if (result.failed.length > 0) context.exitCode = EXIT.refused;
}

/** The service counts the users of one request; people count the lines of their file. */
function inLines(error: unknown, batch: readonly UserLine[]): unknown {
  if (!(error instanceof CliError)) return error;
  const [first, last] = [batch[0]?.line, batch.at(-1)?.line];
  const message = error.message.replace(/\busers\.(\d+)/g, (found, at) => {
    const line = batch[Number(at)]?.line;
    return line === undefined ? found : `line ${line}`;
  });
  const fix = 'mend it and run the same command again: who has a key is left as they are';
  return new CliError(
    `lines ${first} to ${last}: ${message}`,
    error.exitCode,
    error.fix ? `${error.fix}; then ${fix}` : fix,
  );
}

function show(io: Io, { created, existing, failed }: BootstrapResponse, { json, output: file }: Options): void {
  if (json) {
    const shown = file === undefined ? created : created.map(({ key: _, ...rest }) => rest);
    io.printJson({ created: shown, existing, failed, ...(file === undefined ? {} : { file }) });
    return;
  }
  const { style, errorStyle } = io;
  if (created.length > 0 && file === undefined) {
    io.print('New keys, shown only once:', '');
    io.print(
      table(
        io,
        [{ heading: 'username' }, { heading: 'key' }],
        created.map(({ username, key }) => [sanitize(username), key]),
      ),
      '',
    );
  }
  const where = file !== undefined && created.length > 0 ? ` (added to ${file})` : '';
  io.print(`${created.length} new${where}, ${existing.length} already had a key, ${failed.length} failed`);
  for (const { name, state } of existing.filter((key) => key.state !== 'active')) {
    io.print(`${style.yellow('!')} ${sanitize(name)} is ${state}; it was left as it is`);
  }
  for (const { username, detail } of failed) {
    io.note(`${errorStyle.red('✖')} ${sanitize(username)}: ${sanitize(detail)}`);
  }
}
