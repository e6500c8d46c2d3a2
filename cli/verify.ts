import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { nearestWord } from '../catalog/nearest-word';
import { loadSettings } from '../settings/load';
import { servedModels } from '../settings/served-models';
import { gatewayUrl, optionsOf, provisionerUrl } from './context';
import { tryAdminToken } from './credentials';
import { Docker } from './docker';
import { EXIT, usageError } from './errors';
import { GatewayClient } from './gateway-client';
import { checkWritable } from './keys/deliver';
import { ProvisionerClient } from './provisioner-client';
import { cleaningUp } from './terminal/leaving';
import { note, print, printJson, things, usd } from './terminal/output';
import { style } from './terminal/style';
import { wrap } from './terminal/wrap';
import type { Bench } from './verify/check';
import { junit } from './verify/junit';
import { estimate, modelChecks } from './verify/models';
import { cleanUp, platformChecks } from './verify/platform';
import { type Result, runChecks } from './verify/run-checks';
import { noWorkspace, workspaceChecks } from './verify/workspace';

interface Options {
  readonly model?: string[];
  readonly free?: boolean;
  readonly workspace?: string;
  readonly junit?: string;
}

/** `gateway verify`: what a person would try by hand after a deployment. */
export function register(program: Command): void {
  program
    .command('verify')
    .description('try everything on the running deployment: health, models, tool calls, keys, a workspace')
    .option('--model <name...>', 'ask only these models')
    .option('--free', 'ask no model, so that nothing is spent')
    .option('--workspace <container>', 'also look from inside this workspace')
    .option('--junit <file>', 'also write the results as JUnit XML')
    .action(verify);
}

async function verify(_: unknown, command: Command): Promise<void> {
  const options = optionsOf<Options>(command);
  if (options.junit !== undefined) checkWritable(options.junit);
  const settings = loadSettings(options.settings, { localProcesses: true });
  const served = servedModels(settings);
  const unknown = options.model?.find((name) => !served.some((model) => model.name === name));
  if (unknown !== undefined) {
    const names = served.map(({ name }) => name);
    const meant = nearestWord(unknown, names);
    throw usageError(
      `"${unknown}" is not served; served are ${names.join(', ')}`,
      meant && `did you mean "${meant}"? \`gateway models\` shows what is left out, and why`,
    );
  }
  const asked = options.free ? [] : served.filter(({ name }) => !options.model || options.model.includes(name));
  const credential = tryAdminToken(options.secretsFile);
  const bench: Bench = {
    settings,
    models: served,
    gateway: new GatewayClient(gatewayUrl(settings)),
    provisioner: credential ? new ProvisionerClient(credential, provisionerUrl(settings)) : undefined,
    stranger: new ProvisionerClient('nobody', provisionerUrl(settings)),
    docker: new Docker(settings.docker.host),
    workspace: options.workspace,
    costs: estimate(asked),
    key: process.env['GATEWAY_API_KEY'] || undefined,
  };
  if (asked.length > 0) {
    const questions = `asking ${things(asked.length, 'model')} twice each`;
    note(wrap(style.dim(`${questions} costs at most ${usd(bench.costs)}; --free asks none`)));
  }

  const began = performance.now();
  const checks = [
    ...platformChecks,
    ...modelChecks(asked, settings.models.default),
    ...(options.workspace === undefined ? [noWorkspace] : workspaceChecks),
  ];
  const display = options.json ? 'nothing' : process.stdout.isTTY ? 'terminal' : 'lines';
  const results = await cleaningUp(
    () => cleanUp(bench),
    async () => {
      try {
        return await runChecks(checks, bench, display);
      } finally {
        await cleanUp(bench);
      }
    },
  );
  const seconds = (performance.now() - began) / 1000;
  if (options.junit !== undefined) writeFileSync(options.junit, junit(results));
  summarize(results, seconds, bench.costs, options.json === true);
}

function summarize(results: readonly Result[], seconds: number, costs: number, json: boolean): void {
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length;
  const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')];
  if (json) printJson({ passed, failed, skipped, seconds, cost_at_most: costs, results });
  else {
    const bad = failed > 0 ? style.red(`${failed} failed`) : `${failed} failed`;
    print('', `${passed} passed, ${bad}, ${skipped} skipped in ${seconds.toFixed(1)} s`);
    if (failed > 0) print(style.dim('`gateway doctor` looks for the cause'));
  }
  if (failed > 0) process.exitCode = EXIT.findings;
}
