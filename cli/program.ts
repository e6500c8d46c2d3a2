import { Command } from 'commander';
import * as completion from './completion';
import * as demo from './demo';
import * as diagram from './diagram';
import * as doctor from './doctor';
import * as generateKey from './generate-key';
import * as init from './init';
import * as keys from './keys';
import * as models from './models';
import * as review from './review';
import * as verify from './verify';

const EXIT_CODES = `
Exit codes: 0 well · 1 findings or failed checks · 2 wrong arguments, settings or files · 3 refused by the service
            4 unreachable · 70 a fault of this program · 130 interrupted

Addresses:  GATEWAY_URL (http://localhost:4000), GATEWAY_PROVISIONER_URL (http://localhost:8100)
Credential: GATEWAY_ADMIN_TOKEN, else provisioner_admin_token of secrets.tfvars
Colour:     off with NO_COLOR`;

/** The whole command line as a tree of commands; nothing runs until it is given arguments. */
export function buildProgram(): Command {
  const program = new Command('gateway')
    .description('Run a governed AI gateway for Coder workspaces: keys, checks, diagnosis, review.')
    .version(require('../package.json').version)
    .option('--json', 'print one JSON document instead of text')
    .option('-y, --yes', 'do not ask before something that cannot be undone')
    .addHelpText('after', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(add --help for what is possible)')
    .exitOverride();
  for (const command of [init, keys, generateKey, verify, doctor, review, models, diagram, demo, completion]) {
    command.register(program);
  }
  // The demo has options of its own, and completion needs no file.
  const without = ['demo', 'completion'];
  for (const command of leaves(program)) if (!without.includes(command.name())) withFiles(command);
  return program;
}

/** Commands that do something, rather than hold others. */
const leaves = (command: Command): Command[] =>
  command.commands.length > 0 ? command.commands.flatMap(leaves) : [command];

/** The two files any command may need; on the commands themselves, where `init` has them with its own words. */
function withFiles(command: Command): void {
  const has = (flag: string) => command.options.some((option) => option.long === flag);
  if (!has('--settings')) command.option('--settings <file>', 'settings of the deployment', 'gateway.yaml');
  if (!has('--secrets-file')) {
    command.option('--secrets-file <file>', 'where the admin credential is read from', 'secrets.tfvars');
  }
}
