import type { Command } from 'commander';
import type { BootstrapResponse } from '../../images/key-provisioner/src/contract';
import { optionsOf } from '../context';
import { adminToken } from '../credentials';
import { CliError, EXIT } from '../errors';
import { ProvisionerClient } from '../provisioner-client';
import { harmless, note, print, printJson } from '../terminal/output';
import { style } from '../terminal/style';
import { table } from '../terminal/table';
import { checkWritable, destination } from './deliver';
import { ResultFile } from './result-file';
import { readUsers } from './users-file';

/** Users asked for at once: what is lost at most when something goes wrong between the answer and the file. */
const BATCH = 50;

/** `gateway keys bootstrap users.csv`: any number of times; only who has no key yet gets one. */
export function register(keys: Command): void {
  keys
    .command('bootstrap')
    .description('issue a key to everybody in a CSV file who has none yet; run it as often as you like')
    .argument('<users.csv>', 'columns: username and, where wanted, user_id, max_budget, rpm_limit')
    .option('-o, --output <file>', 'add new keys to this CSV file, readable by you alone')
    .action(bootstrap);
}

async function bootstrap(csv: string, _: unknown, command: Command): Promise<void> {
  const options = optionsOf<{ output?: string }>(command);
  const users = readUsers(csv);
  if (options.output !== undefined) checkWritable(options.output);
  else destination(options);
  const client = new ProvisionerClient(adminToken(options.secretsFile));
  const file = options.output === undefined ? undefined : await ResultFile.open(options.output);
  const result: BootstrapResponse = { created: [], existing: [], failed: [] };

  // Ctrl-C between two batches loses nothing; within one it would lose keys that exist already.
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
    note('finishing what was begun …');
  };
  process.on('SIGINT', onInterrupt);
  let trouble: unknown;
  try {
    for (let start = 0; start < users.length && !interrupted; start += BATCH) {
      const answer = await client.bootstrap(users.slice(start, start + BATCH));
      if (file && answer.created.length > 0) await file.add(answer.created);
      result.created.push(...answer.created);
      result.existing.push(...answer.existing);
      result.failed.push(...answer.failed);
      if (users.length > BATCH && process.stderr.isTTY)
        note(`${Math.min(start + BATCH, users.length)} of ${users.length}`);
    }
  } catch (error) {
    trouble = error;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  show(result, options.json === true, options.output);
  if (trouble) throw trouble;
  if (interrupted) throw new CliError('interrupted; run the same command again to go on', EXIT.interrupted);
  if (result.failed.length > 0) process.exitCode = EXIT.refused;
}

function show({ created, existing, failed }: BootstrapResponse, json: boolean, file: string | undefined): void {
  if (json) {
    const shown = file === undefined ? created : created.map(({ key: _, ...rest }) => rest);
    printJson({ created: shown, existing, failed, ...(file === undefined ? {} : { file }) });
    return;
  }
  if (created.length > 0 && file === undefined) {
    print('New keys, shown this once:', '');
    print(
      table(
        [{ heading: 'username' }, { heading: 'key' }],
        created.map(({ username, key }) => [harmless(username), key]),
      ),
      '',
    );
  }
  const where = file !== undefined && created.length > 0 ? ` (added to ${file})` : '';
  print(`${created.length} new${where}, ${existing.length} had a key already, ${failed.length} failed`);
  const revoked = existing.filter((key) => key.state !== 'active');
  for (const key of revoked) print(`${style.yellow('!')} ${harmless(key.name)} is ${key.state}; it was left as it is`);
  for (const { username, detail } of failed) note(`${style.red('✖')} ${harmless(username)}: ${harmless(detail)}`);
}
