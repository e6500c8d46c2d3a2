/**
 * The provider's own bill, from the published price sheet (November 2026, US dollars per million tokens). It shares no line and no number with the
 * gateway's catalog on purpose: what the gateway counts is compared with it.
 */
interface Line {
  readonly in: number;
  readonly out: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly read: number;
}
const line = (input: number, out: number, write5m: number, write1h: number, read: number): Line => ({
  in: input,
  out,
  write5m,
  write1h,
  read,
});

const SHEET: Record<string, Line> = {
  'claude-fable-5-1': line(10, 50, 12.5, 20, 0.25),
  'claude-opus-5-5': line(4, 20, 5, 8, 0.2),
  'claude-sonnet-5-5': line(2, 10, 2.5, 4, 0.1),
  'claude-haiku-5-5': line(0.1, 0.5, 0.125, 0.2, 0.01),
  'claude-haiku-5-5 above 100K': line(0.5, 2.5, 0.625, 1, 0.05),
  'claude-sonnet-4-5': line(3, 15, 3.75, 6, 0.3),
  'claude-haiku-4-5': line(1, 5, 1.25, 2, 0.1),
};
const FAST: Record<string, number> = { 'claude-opus-5-5': 2 };
const US: Record<string, number> = { 'claude-fable-5-1': 1.1, 'claude-opus-5-5': 1.1, 'claude-sonnet-5-5': 1.1 };

/** What Anthropic, or Bedrock for its regional ids, bills for an answer with this usage object, in US dollars. */
export function billed(id: string, usage: Record<string, unknown>): number {
  const regional = /^(us|eu|apac|au|jp|us-gov)\.anthropic\./.test(id) ? 1.1 : 1;
  const model = id.replace(/^.*anthropic\./, '').replace(/-\d{8}(-v1:0)?$/, '');
  const calls = (usage['iterations'] as Record<string, unknown>[] | undefined) ?? [usage];
  const tokens = calls.reduce((sum, call) => sum + tokensOf(model, call), 0);
  const fast = usage['speed'] === 'fast' ? (FAST[model] ?? Number.NaN) : 1;
  const us = usage['inference_geo'] === 'us' ? (US[model] ?? Number.NaN) : 1;
  const searches = Number(
    (usage['server_tool_use'] as Record<string, unknown> | undefined)?.['web_search_requests'] ?? 0,
  );
  return tokens * regional * fast * us + searches / 100;
}

function tokensOf(model: string, call: Record<string, unknown>): number {
  const count = (name: string) => Number(call[name] ?? 0);
  const split = call['cache_creation'] as Record<string, number> | null | undefined;
  const hour = split?.['ephemeral_1h_input_tokens'] ?? 0;
  const written = count('cache_creation_input_tokens');
  const prompt = count('input_tokens') + count('cache_read_input_tokens') + written;
  const band = model === 'claude-haiku-5-5' && prompt > 100_000 ? `${model} above 100K` : model;
  const price = SHEET[band];
  if (!price) throw new Error(`the published sheet has no ${model}`);
  return (
    (count('input_tokens') * price.in +
      count('output_tokens') * price.out +
      count('cache_read_input_tokens') * price.read +
      (written - hour) * price.write5m +
      hour * price.write1h) /
    1_000_000
  );
}
