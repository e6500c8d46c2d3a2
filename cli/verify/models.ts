import { z } from 'zod';
import type { ServedModel } from '../../settings/served-models';
import { type Answer, errorOf } from '../gateway-client';
import { usd } from '../terminal/output';
import { type Check, type CheckContext, fail, type Outcome, pass, skip } from './check';

/** Tokens that a check may use at most: prompt (with tools) and answer. Models that always think need room for it. */
const COMPLETION = { prompt: 100, answer: 256 };
const TOOL_CALL = { prompt: 700, answer: 1024 };

const chatSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(z.object({ function: z.object({ name: z.string() }) })).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({ completion_tokens: z.number() }),
});

/** What checking these models can cost at most, US dollars, by the most expensive provider of each. */
export function estimate(models: readonly ServedModel[]): number {
  return models.reduce((sum, { routes }) => {
    const highest = (pick: 'input' | 'output') => Math.max(...routes.map(({ prices }) => prices[pick]));
    const tokens = { prompt: COMPLETION.prompt + TOOL_CALL.prompt, answer: COMPLETION.answer + TOOL_CALL.answer };
    return sum + (tokens.prompt * highest('input') + tokens.answer * highest('output')) / 1e6;
  }, 0);
}

/** A small answer and a tool call from each model; from the first one also a stream and Anthropic's protocol. */
export function modelChecks(models: readonly ServedModel[], first: string): Check[] {
  const one = models.find(({ name }) => name === first) ?? models[0];
  return [
    ...models.flatMap(({ name, routes: [{ abilities }] }) => [
      check(name, 'answers', completion),
      ...(abilities.tools ? [check(name, 'calls a tool', toolCall)] : []),
    ]),
    ...(one
      ? [check(one.name, 'answers in a stream', stream), check(one.name, 'answers on /v1/messages', messages)]
      : []),
  ];
}

const check = (
  model: string,
  does: string,
  request: (context: CheckContext, model: string) => Promise<Outcome>,
): Check => ({
  title: `${model} ${does}`,
  needs: ['key'],
  run: async (context) =>
    context.allowed?.includes(model) === false ? skip('this key may not use it') : request(context, model),
});

const userMessage = (content: string) => [{ role: 'user', content }];

async function completion({ gateway, key }: CheckContext, model: string): Promise<Outcome> {
  const body = { model, max_tokens: COMPLETION.answer, messages: userMessage('Answer with the word pong.') };
  const answer = await gateway.post('/v1/chat/completions', body, key);
  if (answer.status !== 200) return refused(answer);
  const parsed = chatSchema.safeParse(answer.json);
  if (!parsed.success || parsed.data.usage.completion_tokens === 0) return fail('200, but the answer is empty');
  const cost = Number(answer.headers.get('x-litellm-response-cost') ?? Number.NaN);
  if (cost === 0) return fail('it is not charged, so no budget limits it; give it prices in catalog/catalog.ts');
  return pass(Number.isNaN(cost) ? '' : usd(cost));
}

const TOOL = {
  type: 'function',
  function: {
    name: 'read_file',
    description: 'Reads a file of the workspace.',
    parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  },
};

async function toolCall({ gateway, key }: CheckContext, model: string): Promise<Outcome> {
  // The choice is left to the model: newer ones do not accept a forced one.
  const body = {
    model,
    max_tokens: TOOL_CALL.answer,
    tools: [TOOL],
    messages: userMessage('Call the tool read_file with the path README.md. Do not answer in words.'),
  };
  const answer = await gateway.post('/v1/chat/completions', body, key);
  if (answer.status !== 200) return refused(answer);
  const message = chatSchema.safeParse(answer.json).data?.choices[0]?.message;
  if (message?.tool_calls?.some((call) => call.function.name === 'read_file')) return pass();
  if (message?.content?.includes('answered by the gateway itself'))
    return skip('answered by the gateway itself, not by a model');
  return fail('it answered in words instead; agents cannot work with it');
}

async function stream({ gateway, key }: CheckContext, model: string): Promise<Outcome> {
  const body = {
    model,
    max_tokens: COMPLETION.answer,
    stream: true,
    messages: userMessage('Answer with the word pong.'),
  };
  const answer = await gateway.post('/v1/chat/completions', body, key);
  if (answer.status !== 200) return refused(answer);
  const events = answer.text.split('\n').filter((line) => line.startsWith('data: '));
  if (events.at(-1)?.trim() !== 'data: [DONE]') return fail('the stream ended early');
  return events.length > 1 ? pass(`${events.length - 1} events`) : fail('the stream was empty');
}

async function messages({ gateway, key }: CheckContext, model: string): Promise<Outcome> {
  const body = { model, max_tokens: COMPLETION.answer, messages: userMessage('Answer with the word pong.') };
  const answer = await gateway.post('/v1/messages', body, key);
  if (answer.status !== 200) return refused(answer);
  return z.object({ type: z.literal('message'), content: z.array(z.unknown()) }).safeParse(answer.json).success
    ? pass()
    : fail("200, but not in Anthropic's format");
}

function refused(answer: Answer): Outcome {
  const { type, message } = errorOf(answer);
  return fail(`${answer.status}${type ? ` ${type}` : ''}: ${message.replace(/\s+/g, ' ').slice(0, 200)}`);
}
