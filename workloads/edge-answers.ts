import { BODY_SECONDS } from './body-limits';
import { ANTHROPIC_HEADER, ANTHROPIC_PATHS, anthropicError, openaiError, type Refusal, SHARED_PATHS } from './refusals';

/** Something that the edge answers by itself, and why Envoy would have. */
interface Answer extends Refusal {
  /** Envoy's response flags, or the status of its own answer. */
  readonly when: { readonly flags: readonly string[] } | { readonly status: number };
  /** Seconds. */
  readonly retryAfter?: number;
}

const ANSWERS: readonly Answer[] = [
  {
    when: { flags: ['UO'] },
    status: 429,
    type: 'rate_limit_error',
    message: 'too many requests of this size are under way; try again in a few seconds',
    retryAfter: 5,
  },
  {
    when: { flags: ['UH', 'UF', 'UC', 'UR', 'URX', 'LH', 'OM', 'NC'] },
    status: 503,
    type: 'api_error',
    message: 'the gateway does not answer; it may be starting, try again in a few seconds',
    retryAfter: 5,
  },
  {
    // A body that is too large to be kept for another LiteLLM, after the first took no connection.
    when: { status: 507 },
    status: 503,
    type: 'api_error',
    message: 'the gateway does not answer; it may be starting, try again in a few seconds',
    retryAfter: 5,
  },
  {
    when: { status: 408 },
    status: 408,
    type: 'timeout_error',
    message: `the body had not arrived after ${BODY_SECONDS} seconds, or waited so long for its turn; try again`,
    retryAfter: 5,
  },
  {
    when: { status: 400 },
    status: 400,
    type: 'invalid_request_error',
    message: 'this is not a valid HTTP request',
  },
  {
    when: { status: 431 },
    status: 431,
    type: 'invalid_request_error',
    message: 'the headers are longer than 32 KB, or more than 100',
  },
  {
    when: { status: 500 },
    status: 500,
    type: 'api_error',
    message: 'the gateway failed at this request; try again',
  },
  {
    when: { status: 504 },
    status: 504,
    type: 'timeout_error',
    message: 'the gateway took too long over this request; try again',
  },
];

/** What Envoy says by itself, in the words of the route: Anthropic's envelope or OpenAI's. */
export const localAnswers = (): object => ({
  mappers: ANSWERS.flatMap((answer) => [
    mapper(answer, anthropicError(answer), ANTHROPIC),
    mapper(answer, openaiError(answer)),
  ]),
});

const header = (match: object) => ({ header_filter: { header: match } });
const path = (prefix: string) => header({ name: ':path', string_match: { prefix } });

const ANTHROPIC = {
  or_filter: {
    filters: [
      ...ANTHROPIC_PATHS.map(path),
      { and_filter: { filters: [path(SHARED_PATHS), header({ name: ANTHROPIC_HEADER, present_match: true })] } },
    ],
  },
};

function mapper({ when, status, retryAfter }: Answer, body: string, also?: object): object {
  const cause =
    'flags' in when
      ? { response_flag_filter: { flags: when.flags } }
      : {
          status_code_filter: {
            comparison: { op: 'EQ', value: { default_value: when.status, runtime_key: `edge.status_${when.status}` } },
          },
        };
  return {
    filter: also ? { and_filter: { filters: [cause, also] } } : cause,
    status_code: status,
    body_format_override: {
      text_format_source: { inline_string: body },
      content_type: 'application/json',
    },
    ...(retryAfter === undefined
      ? {}
      : { headers_to_add: [{ header: { key: 'retry-after', value: String(retryAfter) } }] }),
  };
}
