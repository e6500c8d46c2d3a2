import type { Body } from './messages';

/** What a request may tell the script to report, as the only JSON object of its last message: `usage {…}`. */
export interface Told {
  /** The usage object, word for word as the API would send it. */
  readonly usage: Record<string, unknown>;
  /**
   * Where a stream reports it: all counts at the start and the end, as Anthropic does (`cumulative`), everything but the output
   * at the start only (`start`), or everything at the end only (`end`).
   */
  readonly streamed: 'cumulative' | 'start' | 'end';
  /** Statuses to answer with before the request succeeds, one for each attempt. */
  readonly failing?: readonly number[];
  /** Names the request across attempts. */
  readonly id?: string;
  /** Whether a stream breaks off with an error in its middle; what was written by then is billed. */
  readonly breaks?: boolean;
  /** How long a stream waits between two pieces, in milliseconds. */
  readonly pauseMs?: number;
}

const DIRECTIVE = /usage (\{.*\})/s;

/** What the last message tells, if it tells anything. */
export function toldUsage(body: Body): Told | undefined {
  const content = body.messages?.filter(({ role }) => role === 'user').at(-1)?.content ?? [];
  const text = typeof content === 'string' ? content : content.map((block) => String(block.text ?? '')).join('\n');
  const json = DIRECTIVE.exec(text)?.[1];
  if (!json) return undefined;
  const told = { streamed: 'cumulative' as const, ...(JSON.parse(json) as Partial<Told>) };
  // The API says what it did about the two dearer ways to compute.
  const echoed = {
    ...(body.speed === undefined ? {} : { speed: body.speed }),
    ...(body.inference_geo === undefined ? {} : { inference_geo: body.inference_geo }),
  };
  return { ...told, usage: { ...told.usage, ...echoed } };
}
