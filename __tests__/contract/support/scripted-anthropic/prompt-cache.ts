import { createHash } from 'node:crypto';
import type { Block, Body } from './messages';

/** Blocks before a mark at which an earlier request's mark is still found. */
const LOOK_BACK = 20;

/**
 * A prompt cache as Anthropic's: each `cache_control` mark writes the prompt up to it, in the order tools, system, messages, and a later
 * request reads the longest such beginning that is equal and ends at one of its own marks or at most twenty blocks before it.
 */
export class PromptCache {
  private readonly written = new Set<string>();

  /** The counts of one request, which are written to the cache by it. */
  usage(body: Body): { input_tokens: number; cache_read_input_tokens: number; cache_creation_input_tokens: number } {
    const blocks = beginnings(body);
    const marks = blocks.flatMap(({ marked }, index) => (marked ? [index] : []));
    const reachable = ({ digest }: Beginning, index: number) =>
      this.written.has(digest) && marks.some((mark) => mark >= index && mark - index <= LOOK_BACK);
    const read = blocks.findLast(reachable)?.tokens ?? 0;
    const whole = blocks.findLast(({ marked }) => marked)?.tokens ?? 0;
    for (const { digest, marked } of blocks) if (marked) this.written.add(digest);
    return { input_tokens: 100, cache_read_input_tokens: read, cache_creation_input_tokens: whole - read };
  }
}

/** Where a request is marked: paths such as `system.1`, or `messages.4.0`. */
export const markedPlaces = (body: Body): string[] =>
  blocksOf(body).flatMap(({ place, marked }) => (marked ? [place] : []));

/** A prompt up to the end of one of its blocks. */
interface Beginning {
  readonly digest: string;
  readonly tokens: number;
  readonly marked: boolean;
}

function beginnings(body: Body): Beginning[] {
  const hash = createHash('sha256');
  hash.update(String(body.model));
  let characters = 0;
  return blocksOf(body).map(({ text, marked }) => {
    hash.update(text);
    characters += text.length;
    return { digest: hash.copy().digest('hex'), tokens: Math.ceil(characters / 4), marked };
  });
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
