import { z } from 'zod';

const prices = {
  input: z.number(),
  output: z.number(),
  cacheWrite: z.number(),
  /** Absent where the provider has no such writes, and in descriptions written before they were priced. */
  cacheWrite1h: z.number().optional(),
  cacheRead: z.number(),
};

/** US dollars per million tokens. */
const pricesSchema = z.object(prices);
export type ModelPrices = z.infer<typeof pricesSchema>;

/** What is billed besides tokens, and factors of the token prices. Absent: the provider has no such thing. */
const ratesSchema = z.object({
  /** US dollars per 1,000 searches. */
  webSearch: z.number().optional(),
  fastMode: z.number().optional(),
  usInference: z.number().optional(),
  batch: z.number().optional(),
});
export type ModelRates = z.infer<typeof ratesSchema>;

/** Tokens. */
const limitsSchema = z.object({ context: z.number(), output: z.number() });

/** One place where a name is served: one entry of LiteLLM's `model_list`. */
const modelDeploymentSchema = z.object({
  /** The provider, in LiteLLM's word. */
  provider: z.string(),
  /** The provider's own id of the model. */
  model: z.string(),
  /** 1 is asked first; the next when it fails. */
  order: z.number(),
  /** The catalog entry it belongs to: the name's own, or its successor. */
  entry: z.string(),
  prices: pricesSchema,
  /** Other prices for requests whose prompt is longer than `abovePromptTokens`. */
  priceBands: z.array(z.object({ abovePromptTokens: z.number(), ...prices })),
  /** Absent in descriptions written before they were priced. */
  rates: ratesSchema.optional(),
  /** Where the prices were read, and when (an ISO date). */
  priceSource: z.object({ url: z.string(), read: z.string() }).optional(),
  limits: limitsSchema,
  abilities: z.object({
    tools: z.boolean(),
    vision: z.boolean(),
    promptCaching: z.boolean(),
    reasoning: z.boolean(),
  }),
  /** Request parameters that LiteLLM drops because the model answers them with 400. */
  unsupportedParameters: z.array(z.string()),
  /** Region or base URL that the provider is asked at, where it is not the provider's own. */
  region: z.string().optional(),
  apiBase: z.string().optional(),
  /** Whatever else LiteLLM is told about this place, in its own words; credentials are named (`os.environ/…`), never held. */
  parameters: z.record(z.string(), z.unknown()),
  information: z.record(z.string(), z.unknown()),
});
export type ModelDeployment = z.infer<typeof modelDeploymentSchema>;

/** A model name that the gateway serves. */
export const modelSchema = z.object({
  /** For people. */
  title: z.string(),
  use: z.string(),
  lifecycle: z.object({
    state: z.enum(['active', 'deprecated', 'retired']),
    /** ISO dates. */
    notBefore: z.string().optional(),
    retires: z.string().optional(),
    since: z.string().optional(),
    successor: z.string().optional(),
  }),
  /** For aliases that mean the newest of a family. */
  family: z.object({ name: z.string(), version: z.array(z.number()) }).optional(),
  /** The smallest of all its places. */
  limits: limitsSchema,
  /** Other names that answer when every place of this one fails. */
  fallbacks: z.array(z.string()),
  /** In the order they are asked. */
  deployments: z.array(modelDeploymentSchema).min(1),
});
export type DeployedModel = z.infer<typeof modelSchema>;
