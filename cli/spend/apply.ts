import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { MOST_CORRECTED_ACCOUNTS } from '../../images/key-provisioner/src/contract';
import type { Settings } from '../../settings/schema';
import { provisionerClient } from '../clients';
import type { CommandContext } from '../context';
import { tryAdminToken } from '../credentials';
import { CliError, EXIT } from '../errors';
import type { CredentialOptions, GlobalOptions } from '../options';
import { confirm } from '../terminal/ask';
import { plural } from '../terminal/output';
import type { Audit } from './audit/audit';
import { planCorrections } from './corrections/plan';
import { type ApplyProps, applyCorrections, type Correction } from './corrections/store';
import { showPlan, signed } from './format/text';
import { type LedgerDatabase, LedgerError } from './ledger/database';

export interface CorrectProps {
  readonly context: CommandContext;
  readonly options: CredentialOptions & GlobalOptions & { readonly csv?: boolean };
  readonly settings: Settings;
  readonly database: LedgerDatabase;
  readonly audit: Audit;
}

/**
 * `--apply`: shows what it is going to change, asks, changes it and records it. The ledger's rows stay as they were booked.
 *
 * @returns what was changed; empty where nothing was to be
 * @throws CliError (usage) where nobody can be asked or the answer is no; (refused) where somebody else has corrected meanwhile
 */
export async function correct(props: CorrectProps): Promise<readonly Correction[]> {
  const { context, options, audit } = props;
  const { io } = context;
  const quiet = options.json || options.csv;
  const plan = planCorrections(
    audit.entries.map(({ group }) => group),
    audit.settled,
    audit.accounts,
  );
  if (plan.settled.length === 0) {
    if (!quiet) io.print('', 'nothing to correct');
    return [];
  }
  if (!quiet && plan.changes.length > 0) showPlan(io, plan.changes);
  const past = plan.settled.length > 0 && plan.changes.length === 0;
  const question = past
    ? 'All of it belongs to budget windows that have ended. Record it as settled, without changing a counter?'
    : `Change the spend of ${plural(plan.changes.length, 'account')} and record it?`;
  await confirm(io, question, options.yes);
  return record(props, { ...plan, records: audit.settled.records });
}

/** Changes counters, tells what was changed, and makes LiteLLM read them. @throws CliError (refused) as {@link correct} */
export async function record(
  props: Omit<CorrectProps, 'audit'>,
  corrections: Omit<ApplyProps, 'run' | 'appliedBy'>,
): Promise<readonly Correction[]> {
  const { context, options, database } = props;
  const { io } = context;
  const done = await applyCorrections(database, {
    run: randomUUID(),
    appliedBy: whoRuns(context),
    ...corrections,
  }).catch((error: unknown) => {
    if (error instanceof LedgerError && error.code === 'GW001')
      throw new CliError(error.message, EXIT.refused, 'run the command again');
    throw error;
  });
  if (!options.json && !options.csv) {
    for (const { kind, name, before, after, difference } of done) {
      io.print(`${kind} ${io.style.bold(name)}: ${signed(before, '')} → ${signed(after, '')} (${signed(difference)})`);
    }
    io.print(`recorded; \`gateway spend corrections\` prints the record`);
  }
  await announce(props, done);
  return done;
}

/** LiteLLM keeps accounts in memory for a minute; the key-provisioner makes it read the corrected ones now. */
async function announce(
  { context, options, settings }: Omit<CorrectProps, 'audit'>,
  corrections: readonly Correction[],
): Promise<void> {
  const ids = (kind: Correction['kind']) => corrections.filter((each) => each.kind === kind).map(({ id }) => id);
  const later = (reason: string) =>
    context.io.note(context.io.wrap(`${reason}; LiteLLM takes the corrected spend into account within a minute`));
  const token = tryAdminToken(context, options.secretsFile);
  if (!token) return later('no admin credential for the key-provisioner');
  const client = provisionerClient(context, token, settings);
  const [keys, people] = [ids('key'), ids('user')];
  try {
    let failures = 0;
    for (let at = 0; at < Math.max(keys.length, people.length); at += MOST_CORRECTED_ACCOUNTS) {
      const some = {
        keys: keys.slice(at, at + MOST_CORRECTED_ACCOUNTS),
        people: people.slice(at, at + MOST_CORRECTED_ACCOUNTS),
      };
      failures += (await client.spendCorrected(some)).failed;
    }
    if (failures > 0) later(`${plural(failures, 'account')} could not be announced to LiteLLM`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    later(`the key-provisioner could not announce it (${error.message})`);
  }
}

/** For the record: the user of this machine, or whom CI says. */
function whoRuns({ env }: CommandContext): string {
  const { GITHUB_ACTOR: actor, SUDO_USER: sudo } = env;
  return (actor || sudo || userInfo().username).slice(0, 128);
}
