import { type Catalog, type Deployment, type Model, NOT_OFFERED, type Provider, type Rates } from './model';
import { didYouMean } from './nearest-word';
import { holdsCredential, masked } from './urls';

/** The catalog has errors that no compiler finds: two entries of one name, a circle of successors, a missing price. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? `the catalog has one problem: ${problems[0]}`
        : `the catalog has ${problems.length} problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
}

/** @throws CatalogError with every contradiction: names given twice, successors or fallbacks that are missing or go in a circle, prices that would make budgets void */
export function checkCatalog(catalog: Catalog): void {
  const problems = [
    ...duplicates(catalog),
    ...catalog.flatMap((model) => [
      ...missing(model, catalog),
      ...model.deployments.flatMap((deployment) => valueProblems(model, deployment)),
    ]),
    ...circles('successors', catalog, ({ lifecycle }) => (lifecycle.successor ? [lifecycle.successor] : [])),
    ...circles('fallbacks', catalog, ({ fallbacks = [] }) => fallbacks),
  ];
  if (problems.length > 0) throw new CatalogError(problems);
}

function duplicates(catalog: Catalog): string[] {
  const names = catalog.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `two models are called "${name}"; give one of them another name`);
}

function missing({ name, lifecycle, fallbacks = [] }: Model, catalog: Catalog): string[] {
  const names = [...new Set(catalog.map((model) => model.name))];
  const refer = (kind: string, target: string) =>
    names.includes(target)
      ? []
      : [
          `the ${kind} "${target}" of "${name}" is not in the catalog; it has ${names.join(', ')}${didYouMean(target, names)}`,
        ];
  return [
    ...(lifecycle.successor ? refer('successor', lifecycle.successor) : []),
    ...fallbacks.flatMap((target) => refer('fallback', target)),
  ];
}

/** Each circle once, from the name that comes first in the catalog. */
function circles(what: string, catalog: Catalog, next: (model: Model) => readonly string[]): string[] {
  const order = catalog.map(({ name }) => name);
  const found = new Set<string>();
  const walk = (seen: readonly string[]): void => {
    const model = catalog.find(({ name }) => name === seen.at(-1));
    for (const name of model ? next(model) : []) {
      const start = seen.indexOf(name);
      if (start < 0) walk([...seen, name]);
      else found.add([...fromFirst(seen.slice(start), order)].join(' → '));
    }
  };
  for (const name of order) walk([name]);
  return [...found].map((circle) => `the ${what} go in a circle: ${circle}`);
}

function fromFirst(circle: readonly string[], order: readonly string[]): string[] {
  const ranks = circle.map((name) => order.indexOf(name));
  const first = ranks.indexOf(Math.min(...ranks));
  const turned = [...circle.slice(first), ...circle.slice(0, first)];
  return [...turned, turned[0] as string];
}

/** What each provider bills for on every model, so that its price cannot be "not offered". */
const OFFERED_BY: Readonly<Record<Provider, readonly ('cacheWrite1h' | keyof Rates)[]>> = {
  anthropic: ['cacheWrite1h', 'webSearch', 'batch'],
  bedrock: ['cacheWrite1h', 'batch'],
  openai: ['batch'],
  azure: ['batch'],
  vertex_ai: [],
  ollama: [],
  hosted_vllm: [],
};
const TOKEN_PRICES = ['input', 'output', 'cacheWrite', 'cacheWrite1h', 'cacheRead'] as const;
const RATES = ['webSearch', 'fastMode', 'usInference', 'batch'] as const;

/** A dimension without a price, and prices that no provider has. Catalogs come from JavaScript too, where no type speaks up. */
function priceProblems(where: string, { provider, prices, priceBands = [], rates, priceSource }: Deployment): string[] {
  const said = (kind: string, value: unknown): string[] => {
    if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return [];
    if (typeof value === 'number')
      return [`${where} has the price ${kind}: ${value}; without a price above zero no budget would ever trip`];
    if (value === NOT_OFFERED) {
      if (!['cacheWrite1h', ...RATES].includes(kind)) return [`${where} has no price ${kind}; every model has one`];
      return OFFERED_BY[provider]?.some((offered) => offered === kind)
        ? [`${where} says that ${kind} is "${NOT_OFFERED}", but ${provider} bills for it; give its price`]
        : [];
    }
    return [
      `${where} has no price ${kind}; give it in US dollars, or "${NOT_OFFERED}" where ${provider} has no such thing`,
    ];
  };
  const dimensions = [prices, ...priceBands].flatMap((band) =>
    TOKEN_PRICES.flatMap((kind) => said(kind, band?.[kind])),
  );
  const order = priceBands.some(
    ({ abovePromptTokens }, index) => !(abovePromptTokens > (priceBands[index - 1]?.abovePromptTokens ?? 0)),
  )
    ? [`${where} has price bands that do not rise; order them by abovePromptTokens, above zero`]
    : [];
  const source =
    priceSource?.url && priceSource.read
      ? []
      : [`${where} has no priceSource; say where its prices were read, and when`];
  return [...dimensions, ...order, ...RATES.flatMap((kind) => said(kind, rates?.[kind])), ...source];
}

function valueProblems(model: Model, deployment: Deployment): string[] {
  const { model: id, limits, apiBase } = deployment;
  const where = `"${id}" of "${model.name}"`;
  const limit =
    limits.output > 0 && limits.output <= limits.context
      ? []
      : [
          `${where} has the output limit ${limits.output}; it must be above zero and at most its context of ${limits.context}`,
        ];
  const address =
    apiBase !== undefined && holdsCredential(apiBase)
      ? [
          `${where} has the apiBase ${masked(apiBase)}, which holds a credential; every workspace can read it at /v1/model/info: remove it`,
        ]
      : [];
  return [...priceProblems(where, deployment), ...limit, ...address];
}
