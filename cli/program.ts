import { Command } from 'commander';
import { PRODUCT } from '../package-root';
import * as completion from './completion';
import type { CommandContext } from './context';
import * as demo from './demo';
import * as diagram from './diagram';
import * as doctor from './doctor';
import * as generateKey from './generate-key';
import * as init from './init';
import * as keys from './keys';
import * as manifests from './manifests';
import * as models from './models';
import * as review from './review';
import * as secrets from './secrets';
import * as spend from './spend';
import * as verify from './verify';

const EXIT_CODES = `
Exit codes:   0 success · 1 findings or failed checks
              2 wrong arguments, settings or files · 3 refused by the service
              4 unreachable · 70 internal error
              74 output cannot be written · 130 interrupted
Environment:  GATEWAY_URL, GATEWAY_PROVISIONER_URL
                  addresses, else localhost with the ports of gateway.yaml
              GATEWAY_ADMIN_TOKEN
                  admin credential, else from secrets.tfvars
              GATEWAY_DATABASE_URL
                  LiteLLM's database, else that of the deployment's container
              NO_COLOR
                  no colour`;

/** The whole command line as a tree of commands; nothing runs until it is given arguments. */
export function buildProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command('gateway')
    .description('Run a governed AI gateway for Coder workspaces: keys, checks, diagnosis, review.')
    .version(PRODUCT.version)
    .option('--json', 'print one JSON document instead of text')
    .option('-y, --yes', 'do not ask before something that cannot be undone')
    .addHelpText('afterAll', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => helpWidth(io.stdout),
      getErrHelpWidth: () => helpWidth(io.stderr),
    })
    .exitOverride();
  const commands = [init, secrets, keys, generateKey, spend, verify, doctor, review, models, diagram, manifests, demo];
  for (const command of [...commands, completion]) command.register(program, context);
  return program;
}

/** Commander's own width is used where there is no terminal. */
const helpWidth = ({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number =>
  (isTTY && columns) || HELP_COLUMNS;
const HELP_COLUMNS = 80;
