import { type Command, InvalidArgumentError } from 'commander';
import { modelsOutsidePolicies } from '../litellm-config/outside-policies';
import { loadSettings } from '../settings/load';
import { type ServedModel, servedModels } from '../settings/served-models';
import { optionsOf } from './context';
import { EXIT } from './errors';
import { leftOut, lifeWords, modelWarnings } from './models/warnings';
import { print, printJson } from './terminal/output';
import { style } from './terminal/style';
import { type Column, table } from './terminal/table';
import { wrap } from './terminal/wrap';

const COLUMNS: readonly Column[] = [
  { heading: 'model' },
  { heading: 'use', expendable: 4 },
  { heading: 'served by', expendable: 3 },
  { heading: '$ in / out', align: 'right', expendable: 1 },
  { heading: 'cache write / read', align: 'right', expendable: 6 },
  { heading: 'context / output', align: 'right', expendable: 5 },
  { heading: 'life', expendable: 2 },
];

/** Reads an option that is a date. */
export const isoDate = (value: string) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) {
    throw new InvalidArgumentError('It must be a date such as 2026-11-30.');
  }
  return value;
};

/** `gateway models`: the catalog as this deployment serves it. */
export function register(program: Command): void {
  program
    .command('models')
    .description('the models served: providers, prices, limits, retirement dates')
    .option('--today <date>', 'look at the calendar as if it were that day', isoDate)
    .option('--check', 'exit with 1 where a model retires soon or has retired')
    .action((_: unknown, command: Command) => {
      const options = optionsOf<{ today?: string; check?: boolean }>(command);
      const today = options.today ?? new Date().toISOString().slice(0, 10);
      const settings = loadSettings(options.settings);
      const models = servedModels(settings);
      const warnings = modelWarnings(settings, today);
      const absent = leftOut(settings);
      const outside = modelsOutsidePolicies(settings);
      if (options.check && warnings.length > 0) process.exitCode = EXIT.findings;
      if (options.json) {
        return printJson({
          default: settings.models.default,
          small: settings.models.small,
          models: models.map(plain),
          left_out: absent,
          outside_policies: outside,
          warnings,
        });
      }
      const mark = (name: string) =>
        [name === settings.models.default ? 'default' : '', name === settings.models.small ? 'small' : '']
          .filter(Boolean)
          .join(', ');
      print(
        table(
          COLUMNS,
          models.map((model) => row(model, today, mark(model.name))),
        ),
      );
      print(
        '',
        wrap(style.dim('prices in US dollars per million tokens, of the provider asked first; limits in tokens')),
      );
      for (const { name, routes } of models) {
        for (const { abovePromptTokens, input, output } of routes[0].priceBands ?? []) {
          print(style.dim(`+ ${name}: ${input} / ${output} for prompts above ${thousands(abovePromptTokens)} tokens`));
        }
      }
      for (const { name, why } of absent) print(style.dim(`left out: ${name} (${why})`));
      if (warnings.length + outside.length > 0) print('');
      for (const sentence of outside) print(wrap(`${style.yellow('!')} ${sentence}`, 2));
      for (const { model, urgency, message, fix } of warnings) {
        print(
          wrap(`${urgency === 'now' ? style.red('!') : style.yellow('!')} ${style.bold(model)} ${message}`, 2),
          wrap(`  ${style.dim(fix)}`, 2),
        );
      }
    });
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
    lifeWords(model, today),
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
  routes: routes.map(({ order, provider, model: id, prices, priceBands = [], unsupportedParameters = [] }) => ({
    order,
    provider,
    model: id,
    prices,
    price_bands: priceBands,
    refuses: unsupportedParameters,
  })),
});
