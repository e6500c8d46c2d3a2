import type { Command } from 'commander';
import { modelsOutsidePolicies } from '../litellm-config/outside-policies';
import type { Settings } from '../settings/schema';
import { type ServedModel, servedModels } from '../settings/served-models';
import type { CommandContext } from './context';
import { EXIT } from './errors';
import { describeLifecycle, leftOut, modelWarnings } from './models/warnings';
import {
  type DateOptions,
  type GlobalOptions,
  optionsOf,
  type SettingsOptions,
  settingsOption,
  todayOf,
  todayOption,
} from './options';
import type { Io } from './terminal/io';
import { type Column, table } from './terminal/table';

interface Options extends DateOptions, SettingsOptions, GlobalOptions {
  readonly check?: boolean;
}

const COLUMNS: readonly Column[] = [
  { heading: 'model' },
  { heading: 'use', expendable: 4 },
  { heading: 'served by', expendable: 3 },
  { heading: '$ in / out', align: 'right', expendable: 1 },
  { heading: 'cache write / read', align: 'right', expendable: 6 },
  { heading: 'context / output', align: 'right', expendable: 5 },
  { heading: 'status', expendable: 2 },
];

/** `gateway models`: the catalog as this deployment serves it. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('models')
    .description('the models served: providers, prices, limits, retirement dates')
    .addOption(todayOption())
    .option('--check', 'exit with 1 if a model retires soon or has retired')
    .addOption(settingsOption())
    .action((_: unknown, command: Command) => run(optionsOf(command), context));
}

function run(options: Options, context: CommandContext): void {
  const today = todayOf(options, context.now);
  const settings = context.loadSettings(options.settings);
  const report: Report = {
    settings,
    today,
    models: servedModels(settings),
    absent: leftOut(settings),
    outside: modelsOutsidePolicies(settings),
    warnings: modelWarnings(settings, today),
  };
  if (options.check && report.warnings.length > 0) context.exitCode = EXIT.findings;
  if (options.json) context.io.printJson(asJson(report));
  else show(context.io, report);
}

interface Report {
  readonly settings: Settings;
  readonly today: string;
  readonly models: readonly ServedModel[];
  readonly absent: ReturnType<typeof leftOut>;
  readonly outside: ReturnType<typeof modelsOutsidePolicies>;
  readonly warnings: ReturnType<typeof modelWarnings>;
}

const asJson = ({ settings, models, absent, outside, warnings }: Report) => ({
  default: settings.models.default,
  small: settings.models.small,
  models: models.map(plain),
  left_out: absent,
  outside_policies: outside,
  warnings,
});

function show(io: Io, { settings, today, models, absent, outside, warnings }: Report): void {
  const { style } = io;
  const mark = (name: string) =>
    [name === settings.models.default ? 'default' : '', name === settings.models.small ? 'small' : '']
      .filter(Boolean)
      .join(', ');
  io.print(
    table(
      io,
      COLUMNS,
      models.map((model) => row(model, today, mark(model.name))),
    ),
  );
  io.print('', io.wrap(style.dim('prices in US dollars per million tokens, of the first provider; limits in tokens')));
  for (const { name, routes } of models) {
    for (const { abovePromptTokens, input, output } of routes[0].priceBands ?? []) {
      io.print(style.dim(`+ ${name}: ${input} / ${output} for prompts above ${thousands(abovePromptTokens)} tokens`));
    }
  }
  for (const { name, why } of absent) io.print(style.dim(`left out: ${name} (${why})`));
  if (warnings.length + outside.length > 0) io.print('');
  for (const sentence of outside) io.print(io.wrap(`${style.yellow('!')} ${sentence}`, 2));
  for (const { model, urgency, message, fix } of warnings) {
    io.print(
      io.wrap(`${urgency === 'now' ? style.red('!') : style.yellow('!')} ${style.bold(model)} ${message}`, 2),
      io.wrap(`  ${style.dim(fix)}`, 2),
    );
  }
}

function row(served: ServedModel, today: string, mark: string): string[] {
  const { name, use, model, routes, limits } = served;
  const [{ prices, priceBands }] = routes;
  return [
    mark ? `${name} (${mark})` : name,
    use,
    routes.map((route) => `${route.provider}/${route.model}`).join('\n'),
    `${prices.input} / ${prices.output}${priceBands?.length ? ' +' : ''}`,
    `${prices.cacheWrite} / ${prices.cacheRead}`,
    `${thousands(limits.context)} / ${thousands(limits.output)}`,
    describeLifecycle(model, today),
  ];
}

const thousands = (tokens: number) =>
  tokens >= 1_000_000 ? `${tokens / 1_000_000}M` : `${Math.round(tokens / 1000)}k`;

const plain = ({ name, title, use, model, routes, limits }: ServedModel) => ({
  name,
  title,
  use,
  life: model.lifecycle,
  limits,
  routes: routes.map((route) => ({
    order: route.order,
    provider: route.provider,
    model: route.model,
    prices: route.prices,
    price_bands: route.priceBands ?? [],
    rates: route.rates,
    price_source: route.priceSource,
    refuses: route.unsupportedParameters ?? [],
  })),
});
