import type { GatewayConfiguration, ServedModel } from '../configuration';
import type { ConfigurationFile } from '../contract';
import { PATHS } from './paths';

/** What the files of one workspace's agents are made of. */
export interface AgentContext {
  readonly configuration: GatewayConfiguration;
  /** The model the person chose. */
  readonly model: ServedModel;
  /** For titles and commit messages. */
  readonly smallModel: ServedModel;
  /** Models the key may use; an agent is told of no other. */
  readonly models: readonly ServedModel[];
  /** The virtual key: written to owner-only files, never to `environment`. */
  readonly key: string;
  /** The person's home directory, without a trailing slash. */
  readonly home: string;
  /**
   * Port of 127.0.0.1 on which the workspace forwards to the gateway.
   * @default - an image that has no such listener
   */
  readonly listenerPort?: number | undefined;
}

/** What one agent needs in a workspace. */
export interface AgentFiles {
  readonly files: readonly ConfigurationFile[];
  /** For the person's shells and the programs `start-workspace` starts. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes the files of one agent. */
export type AgentRenderer = (context: AgentContext) => AgentFiles;

/** Most tokens an agent asks for at once: more than any answer needs, and what agents themselves use (measured). */
const MAX_OUTPUT_TOKENS = 32_000;

/** Tokens an agent may ask `model` for. */
export const outputLimit = (model: ServedModel) => Math.min(model.output, MAX_OUTPUT_TOKENS);

/** Base URL for clients that speak OpenAI's protocol. */
export const openAiUrl = (context: AgentContext) => `${context.configuration.gateway_url.replace(/\/+$/, '')}/v1`;

/** Base URL for clients that speak Anthropic's protocol and add `/v1` themselves. */
export const anthropicUrl = (context: AgentContext) => context.configuration.gateway_url.replace(/\/+$/, '');

/** Where every agent that can read the key from a file finds it. */
export const keyPath = (context: AgentContext) => `${context.home}/${PATHS.key}`;

/** A file that holds the key, or decides where the key is sent: only its owner reads it. */
export const ownerOnly = (path: string, content: string): ConfigurationFile => ({ path, mode: '0600', content });

/** An owner-only JSON file. */
export const jsonFile = (path: string, content: unknown) => ownerOnly(path, `${JSON.stringify(content, null, 2)}\n`);
