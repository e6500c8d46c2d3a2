import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { nearestWord } from '../catalog/nearest-word';
import { type ServedModel, servedModels } from '../settings/served-models';
import { gatewayClient, provisionerClient } from './clients';
import type { CommandContext } from './context';
import { tryAdminToken } from './credentials';
import { EXIT, usageError } from './errors';
import { checkWritable } from './keys/deliver';
import {
  type CredentialOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  secretsFileOption,
  settingsOption,
} from './options';
import type { Io } from './terminal/io';
import { usd } from './terminal/output';
import { cleaningUp } from './terminal/shutdown';
import type { CheckContext } from './verify/check';
import { junit } from './verify/junit';
import { estimate, modelChecks } from './verify/models';
import { cleanUp, platformChecks } from './verify/platform';
import { type Result, runChecks } from './verify/run-checks';
import { noWorkspace, workspaceChecks } from './verify/workspace';

interface Options extends SettingsOptions, CredentialOptions, GlobalOptions {
  readonly model?: readonly string[];
  readonly free?: boolean;
  readonly workspace?: string;
  readonly junit?: string;
}

/** `gateway verify`: what one would try by hand after a deployment. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('verify')
    .description('test everything on the running deployment: health, models, tool calls, keys, a workspace')
    .option('--model <name...>', 'send requests only to these models')
    .option('--free', 'send no requests to models, so that nothing is spent')
    .option('--workspace <container>', 'also test from inside this workspace')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .addOption(settingsOption())
    .addOption(secretsFileOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const { io, env, path } = context;
  const settings = context.loadSettings(options.settings);
  if (options.junit !== undefined) checkWritable(path(options.junit), options.junit);
  const served = servedModels(settings);
  const tested = options.free ? [] : chosenModels(served, options.model);
  const credential = tryAdminToken(context, options.secretsFile);
  const key = env['GATEWAY_API_KEY'];
  const check: CheckContext = {
    settings,
    models: served,
    gateway: gatewayClient(context, settings),
    provisioner: (token) => provisionerClient(context, token, settings),
    runtime: context.runtime(settings),
    estimatedUsd: estimate(tested),
    ...(credential ? { adminToken: credential } : {}),
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...(key ? { key } : {}),
  };
  if (tested.length > 0) {
    const requests = `sending two requests to ${tested.length === 1 ? 'one model' : `each of ${tested.length} models`}`;
    io.note(io.wrap(io.errorStyle.dim(`${requests} costs at most ${usd(check.estimatedUsd)}; --free sends none`)));
  }

  const startedMs = performance.now();
  const checks = [
    ...platformChecks,
    ...modelChecks(tested, settings.models.default),
    ...(options.workspace === undefined ? [noWorkspace] : workspaceChecks),
  ];
  const display = options.json ? 'nothing' : io.stdout.isTTY ? 'terminal' : 'lines';
  const results = await cleaningUp(
    () => cleanUp(check),
    async () => {
      try {
        return await runChecks(io, checks, check, display);
      } finally {
        await cleanUp(check);
      }
    },
  );
  const seconds = (performance.now() - startedMs) / 1000;
  if (options.junit !== undefined) writeFileSync(path(options.junit), junit(results));
  if (results.some(({ status }) => status === 'fail')) context.exitCode = EXIT.findings;
  summarize(io, results, seconds, check.estimatedUsd, options.json === true);
}

/**
 * The models to test: all that are served, or those that were named.
 *
 * @throws CliError (usage) where one of them is not served
 */
function chosenModels(served: readonly ServedModel[], names: readonly string[] | undefined): readonly ServedModel[] {
  if (!names) return served;
  const servedNames = served.map(({ name }) => name);
  const unknown = names.find((name) => !servedNames.includes(name));
  if (unknown === undefined) return served.filter(({ name }) => names.includes(name));
  const nearest = nearestWord(unknown, servedNames);
  const suggestion = nearest ? `did you mean "${nearest}"? ` : '';
  throw usageError(
    `"${unknown}" is not served; served are ${servedNames.join(', ')}`,
    `${suggestion}\`gateway models\` shows which models are left out, and why`,
  );
}

function summarize(io: Io, results: readonly Result[], seconds: number, estimatedUsd: number, json: boolean): void {
  const { style } = io;
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')];
  if (json) {
    io.printJson({ passed, failed, skipped, seconds, cost_at_most: estimatedUsd, results });
    return;
  }
  const failures = failed > 0 ? style.red(`${failed} failed`) : `${failed} failed`;
  io.print('', `${passed} passed, ${failures}, ${skipped} skipped in ${seconds.toFixed(1)} s`);
  if (failed > 0) io.print(style.dim('`gateway doctor` looks for the cause'));
}
