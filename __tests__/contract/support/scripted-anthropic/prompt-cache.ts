import { createHash } from 'node:crypto';
import type { Block, Body } from './messages';

/**
 * A prompt cache as Anthropic's: each `cache_control` mark writes the prompt up to it, in the order tools, system, messages, and a later
 * request reads the longest such beginning that is equal, without the marks themselves.
 */
export class PromptCache {
  private readonly written = new Set<string>();

  /** The counts of one request, which are written to the cache by it. */
  usage(body: Body): { input_tokens: number; cache_read_input_tokens: number; cache_creation_input_tokens: number } {
    const marks = beginnings(body);
    const read = marks.findLast(({ digest }) => this.written.has(digest))?.tokens ?? 0;
    const whole = marks.at(-1)?.tokens ?? 0;
    for (const { digest } of marks) this.written.add(digest);
    return { input_tokens: 100, cache_read_input_tokens: read, cache_creation_input_tokens: whole - read };
  }
}

/** Where a request is marked: paths such as `system.1`, or `messages.4.0`. */
export const markedPlaces = (body: Body): string[] =>
  blocksOf(body).flatMap(({ place, marked }) => (marked ? [place] : []));

function beginnings(body: Body) {
  const hash = createHash('sha256');
  hash.update(String(body.model));
  let characters = 0;
  const found: { digest: string; tokens: number }[] = [];
  for (const { text, marked } of blocksOf(body)) {
    hash.update(text);
    characters += text.length;
    if (marked) found.push({ digest: hash.copy().digest('hex'), tokens: Math.ceil(characters / 4) });
  }
  return found;
}

function blocksOf(body: Body) {
  const messages = (body.messages ?? []).flatMap(({ role, content }, index) =>
    listOf(content).map((block, at) => blockAt(`messages.${index}.${at}`, { role, ...block })),
  );
  return [
    ...(body.tools ?? []).map((tool, index) => blockAt(`tools.${index}`, tool as unknown as Block)),
    ...listOf(body.system).map((block, index) => blockAt(`system.${index}`, block)),
    ...messages,
  ];
}

const listOf = (content: unknown): Block[] =>
  Array.isArray(content) ? content : content === undefined ? [] : [{ type: 'text', text: content }];

function blockAt(place: string, { cache_control, ...rest }: Record<string, unknown>) {
  return { place, text: JSON.stringify(rest), marked: cache_control !== undefined };
}
