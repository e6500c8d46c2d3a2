import { costOf, type Usage, unpricedIn } from '../../../catalog/cost';
import type { Catalog, Deployment } from '../../../catalog/model';
import { usageOfLiteLLM } from '../../../catalog/usage';
import type { ServedModel } from '../../../settings/served-models';
import type { LedgerRow } from '../ledger/rows';

/** What a request should have cost. */
export interface Priced {
  readonly deployment: Deployment;
  /** In USD, web searches included. */
  readonly expected: number;
  /** The part of it that is for web searches, which bills list apart. */
  readonly searches: number;
}

/** A request that cannot be priced, and why. */
export interface NotPriced {
  readonly reason:
    | 'no usage was recorded'
    | 'the usage cannot be read'
    | 'the model is not in the catalog'
    | `the catalog has no price for ${string}`;
}

/** A request that no provider billed: it failed before there was any usage, or LiteLLM had the answer in its cache. */
export interface NothingBilled {
  readonly expected: 0;
  readonly deployment?: undefined;
  /** Whether that is taken from its failing without a usage: LiteLLM refused it, or the provider did. */
  readonly failed: boolean;
}

/** Prices the rows of a ledger by the catalog as it is now. */
export class Pricer {
  private readonly deployments = new Map<string, Deployment | undefined>();

  constructor(
    private readonly served: readonly ServedModel[],
    private readonly catalog: Catalog,
  ) {}

  price(row: LedgerRow): Priced | NotPriced | NothingBilled {
    if (row.cached) return { expected: 0, failed: false };
    const usage = readUsage(row.usage);
    if (usage === 'no usage was recorded' && row.status === 'failure' && row.spend === 0) {
      return { expected: 0, failed: true };
    }
    if (typeof usage === 'string') return { reason: usage };
    if (isNothing(usage)) return { expected: 0, failed: row.status === 'failure' };
    const deployment = this.deploymentOf(row);
    if (!deployment) return { reason: 'the model is not in the catalog' };
    const unpriced = unpricedIn(deployment, usage);
    if (unpriced.length > 0) return { reason: `the catalog has no price for ${unpriced.join(', ')}` };
    const expected = costOf(deployment, usage);
    const searches = usage.webSearches > 0 ? expected - costOf(deployment, { ...usage, webSearches: 0 }) : 0;
    return { deployment, expected, searches };
  }

  /**
   * The deployment that answered. The provider's own id says it whatever the settings were at the time; where a row has only
   * LiteLLM's name of the deployment, `<name>/<order>`, the settings say it.
   */
  deploymentOf({ model, deployment, provider }: LedgerRow): Deployment | undefined {
    const key = `${provider}\n${model}\n${deployment}`;
    if (!this.deployments.has(key)) {
      this.deployments.set(key, this.byProviderId(provider, model) ?? this.byName(deployment));
    }
    return this.deployments.get(key);
  }

  private byProviderId(provider: string, model: string): Deployment | undefined {
    const all = this.catalog.flatMap(({ deployments }) => deployments as readonly Deployment[]);
    return all.find((each) => each.provider === provider && (model === each.model || model.endsWith(`/${each.model}`)));
  }

  private byName(deployment: string): Deployment | undefined {
    const [, name, order] = /^(.+)\/(\d+)$/.exec(deployment) ?? [];
    const served = this.served.find((model) => model.name === name);
    return served?.routes.find((route) => route.order === Number(order));
  }
}

function readUsage(raw: unknown): Usage | NotPriced['reason'] {
  if (raw === null || typeof raw !== 'object') return 'no usage was recorded';
  // Without either, every count would be taken for zero.
  if (!('prompt_tokens' in raw || 'input_tokens' in raw)) return 'no usage was recorded';
  try {
    return usageOfLiteLLM(raw);
  } catch {
    return 'the usage cannot be read';
  }
}

const isNothing = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h, compactions, webSearches }: Usage) =>
  input + output + cacheRead + cacheWrite5m + cacheWrite1h + webSearches === 0 && compactions.length === 0;
