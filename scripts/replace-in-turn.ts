/**
 * Several LiteLLM, replaced one after the other: `node --import tsx scripts/replace-in-turn.ts <stack> <plan> <secrets> [plan as JSON]`.
 * Terraform ends all containers that a plan replaces before it makes new ones. So this applies what concerns one LiteLLM after the other,
 * each once the one before is healthy, and then saves a plan of the rest under the same name. Every step has to be part of the plan
 * that was read. Does nothing where one LiteLLM runs, or where no more than one is replaced.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { plainErrors } from '../plain-errors';
import { inTurn, type Plan, planSchema, unread } from './in-turn/plan';

plainErrors('replace-in-turn');
const [stack = '', file = '', secrets = '', json] = process.argv.slice(2);

function terraform(show: boolean, ...args: string[]): string {
  const { status, stdout } = spawnSync('terraform', [`-chdir=${stack}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', show ? 'inherit' : 'pipe', 'inherit'],
    maxBuffer: 1024 ** 3,
  });
  if (status !== 0) fail(`terraform ${args[0]} failed (see above)`);
  return stdout ?? '';
}

function fail(reason: string): never {
  process.stderr.write(`${reason}; run 'make plan', which shows what is left to do\n`);
  process.exit(1);
}

const parsed = (text: string): Plan => planSchema.parse(JSON.parse(text));
const shown = (plan: string): Plan => parsed(terraform(false, 'show', '-json', plan));

/** Plans again, and stops where that is not what was read. */
function planned(read: Plan, name: string, ...targets: string[]): void {
  const options = ['-input=false', '-compact-warnings', '-no-color', `-var-file=${secrets}`, `-out=${name}`];
  terraform(false, 'plan', ...options, ...targets.map((target) => `-target=${target}`));
  const others = unread(shown(name), read);
  if (others.length > 0) fail(`this is not in the plan that was shown, or differs from it: ${others.join(', ')}`);
}

const read = json ? parsed(readFileSync(json, 'utf8')) : shown(file);
const addresses = inTurn(read);
for (const address of addresses) {
  process.stderr.write(`${address}, while the other LiteLLM serve …\n`);
  planned(read, `${file}.step`, address);
  terraform(true, 'apply', '-input=false', '-no-color', `${file}.step`);
}
if (addresses.length > 0) planned(read, file);
