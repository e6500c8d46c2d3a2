import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../package-root';
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
Exit codes:   0 well · 1 findings or failed checks · 2 wrong arguments or files
              3 refused by the service · 4 unreachable · 130 interrupted
              70 a fault of this program
Environment:  GATEWAY_URL, GATEWAY_PROVISIONER_URL
                  addresses, else localhost with the ports of gateway.yaml
              GATEWAY_ADMIN_TOKEN
                  admin credential, else from secrets.tfvars
              NO_COLOR
                  no colour`;

/** Which commands read the settings, and which act with the admin credential. `init` has both with its own words. */
const FILES: Readonly<Record<string, { settings?: boolean; credential?: boolean }>> = {
  keys: { credential: true },
  verify: { settings: true, credential: true },
  doctor: { settings: true, credential: true },
  review: { settings: true },
  models: { settings: true },
  diagram: { settings: true },
};

/** The whole command line as a tree of commands; nothing runs until it is given arguments. */
export function buildProgram(): Command {
  const program = new Command('gateway')
    .description('Run a governed AI gateway for Coder workspaces: keys, checks, diagnosis, review.')
    .version(require(join(PACKAGE_ROOT, 'package.json')).version)
    .option('--json', 'print one JSON document instead of text')
    .option('-y, --yes', 'do not ask before something that cannot be undone')
    .addHelpText('afterAll', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .exitOverride();
  for (const command of [init, keys, generateKey, verify, doctor, review, models, diagram, demo, completion]) {
    command.register(program);
  }
  for (const command of program.commands) {
    const { settings = false, credential = false } = FILES[command.name()] ?? {};
    for (const leaf of leaves(command)) {
      if (settings) leaf.option('--settings <file>', 'settings of the deployment', 'gateway.yaml');
      if (credential) leaf.option('--secrets-file <file>', 'holds the admin credential', 'secrets.tfvars');
    }
  }
  return program;
}

/** Commands that do something, rather than hold others. */
const leaves = (command: Command): Command[] =>
  command.commands.length > 0 ? command.commands.flatMap(leaves) : [command];
