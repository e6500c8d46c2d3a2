/**
 * Stand-ins for providers' APIs that cannot be reached from a test: one answers as Anthropic's Messages API with a prompt
 * of a chosen length, one as Bedrock's Converse API. They record what arrived.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  url: string;
  requests: { path: string; body: Record<string, unknown> }[];
  stop(): Promise<void>;
}

async function serve(answer: (body: Record<string, unknown>) => unknown): Promise<StandIn> {
  const requests: StandIn['requests'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    requests.push({ path: request.url ?? '', body });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(body)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Says that the prompt had as many tokens as the last message names, of which `cached` were read from the cache. */
export const standInAnthropic = () =>
  serve((body) => {
    const last = (body.messages as { content: string | { text: string }[] }[]).at(-1)?.content;
    const [tokens = 0, cached = 0] = String(typeof last === 'string' ? last : last?.[0]?.text)
      .split(' ')
      .map(Number);
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: tokens - cached,
        output_tokens: 1000,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: cached,
      },
    };
  });

export const standInBedrock = () =>
  serve(() => ({
    output: { message: { role: 'assistant', content: [{ text: 'hello' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 },
    metrics: { latencyMs: 1 },
  }));
