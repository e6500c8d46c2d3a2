/** Types of the model catalog: one {@link Model} per name that workspaces, people, CI jobs and agents may ask for. */

import type { Family } from '../images/key-provisioner/src/models/family';

/** A provider LiteLLM can route to; the word is the prefix LiteLLM itself uses in `litellm_params.model`. */
export const PROVIDERS = ['anthropic', 'bedrock', 'openai', 'azure', 'vertex_ai', 'ollama', 'hosted_vllm'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Said of what a provider does not sell, so that nothing is left out by an oversight. */
export const NOT_OFFERED = 'not offered';
export type Offered<T> = T | typeof NOT_OFFERED;

/** USD per million tokens. */
export interface Prices {
  readonly input: number;
  /** Thinking counts as output. */
  readonly output: number;
  /** A write to the prompt cache that lives for five minutes. */
  readonly cacheWrite: number;
  /** A write that lives for an hour (`cache_control.ttl: 1h`). */
  readonly cacheWrite1h: Offered<number>;
  readonly cacheRead: number;
}

/** What a provider bills besides tokens, or multiplies the price of every token by. */
export interface Rates {
  /** USD per 1,000 searches of the provider's own search tool. */
  readonly webSearch: Offered<number>;
  /** Factor of `speed: fast`. */
  readonly fastMode: Offered<number>;
  /** Factor of `inference_geo: us`. */
  readonly usInference: Offered<number>;
  /** Factor of requests in a batch. The gateway serves no batches; it is here for reports of the provider. */
  readonly batch: Offered<number>;
}

/** Where the prices of a deployment were read, and when. */
export interface PriceSource {
  readonly url: string;
  readonly read: IsoDate;
}

/**
 * Prices that hold for every token of a request whose prompt is longer than `abovePromptTokens`. Cache reads and writes count
 * as prompt.
 */
export interface PriceBand extends Prices {
  readonly abovePromptTokens: number;
}

/** Tokens. */
export interface Limits {
  readonly context: number;
  readonly output: number;
}

/** Request parameters a model answers with 400; LiteLLM drops them on the way (`additional_drop_params`). */
export type UnsupportedParameter = 'temperature' | 'top_p' | 'top_k' | 'tool_choice';

export interface Abilities {
  readonly tools: boolean;
  readonly vision: boolean;
  readonly promptCaching: boolean;
  readonly reasoning: boolean;
}

/** One place where a model is served: what becomes one entry of LiteLLM's `model_list`. */
export interface Deployment {
  readonly provider: Provider;
  /** The provider's own id of the model, without LiteLLM's provider prefix. */
  readonly model: string;
  readonly prices: Prices;
  /** @default - one price whatever the length of the prompt */
  readonly priceBands?: readonly PriceBand[];
  readonly rates: Rates;
  readonly priceSource: PriceSource;
  readonly limits: Limits;
  readonly abilities: Abilities;
  /** @default - the model takes every parameter */
  readonly unsupportedParameters?: readonly UnsupportedParameter[];
  /**
   * Base URL, for providers one runs oneself (`ollama`, `hosted_vllm`) or that have one per customer (`azure`).
   * @default - the provider's public address
   */
  readonly apiBase?: string;
}

/** ISO date, `2026-11-30`. */
export type IsoDate = `${number}-${number}-${number}`;

/** Where a model stands between release and retirement. Names outlive models: a successor takes over the name, and no client has to change. */
export type Lifecycle =
  | { readonly state: 'active'; readonly notBefore?: IsoDate; readonly successor?: string }
  | { readonly state: 'deprecated'; readonly retires: IsoDate; readonly successor: string }
  | { readonly state: 'retired'; readonly since: IsoDate; readonly successor: string };

/** One name of the catalog. */
export interface Model {
  /** LiteLLM's `model_name`: what clients ask for. Lower case; Claude models hold `claude`, so that agents cache prompts. */
  readonly name: string;
  /** For people: menus, tables. */
  readonly title: string;
  /** What it is good for, in a few words. */
  readonly use: string;
  readonly lifecycle: Lifecycle;
  /**
   * Whether only a policy that names it allows it; `models: all` does not. For models that cost several times the others.
   * @default false
   */
  readonly byNameOnly?: boolean;
  /**
   * For Claude Code's aliases `sonnet`, `opus` and `haiku`, which mean the newest of a family.
   * @default - what the first provider's id says (`claude-sonnet-4-5-20250929` is sonnet 4.5), else the name
   */
  readonly family?: Family;
  /** In order of preference: the first is `order: 1`. The others are used where `models.provider_failover` is on. */
  readonly deployments: readonly [Deployment, ...Deployment[]];
  /**
   * Other names that answer when every deployment of this one fails. LiteLLM does not check the key's model list again
   * then (measured), so synth refuses a fallback that a policy which allows this name does not allow too.
   * @default - none
   */
  readonly fallbacks?: readonly string[];
}

/** The catalog as written in `catalog.ts`. */
export type Catalog = readonly Model[];
