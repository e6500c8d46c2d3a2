import { LARGEST_BODY } from '../workloads/body-limits';
import {
  ANTHROPIC_HEADER,
  ANTHROPIC_PATHS,
  anthropicError,
  BODY_REFUSALS,
  openaiError,
  type Refusal,
  SHARED_PATHS,
} from '../workloads/refusals';
import { PASSED_HEADER_PREFIXES, PASSED_HEADERS, PASSED_QUERIES } from '../workloads/request-surface';

/** Bodies above this many bytes count as large; a workspace has {@link LARGE_AT_ONCE} of them under way at once. */
const LARGE_BODY = 1024 * 1024;
const LARGE_AT_ONCE = 8;

/** The condition under which a request belongs into the backend of {@link largeBodies}. */
export const IS_LARGE = `{ req.hdr_val(content-length) gt ${LARGE_BODY} }`;

/** Lines of a `listen` section: bodies that are too large, chunked or compressed are refused before they are read. */
export function bodyRules(): string[] {
  return [
    ...refusal(BODY_REFUSALS.chunked, '{ req.hdr(transfer-encoding) -m found }'),
    ...refusal(BODY_REFUSALS.tooLarge, `{ req.hdr_val(content-length) gt ${LARGEST_BODY} }`),
    ...refusal(
      BODY_REFUSALS.compressed,
      '{ req.hdr(content-encoding) -m found } !{ req.hdr(content-encoding) identity }',
    ),
  ];
}

/** In the words of the route: Anthropic's envelope, or OpenAI's. */
function refusal(refused: Refusal, when: string): string[] {
  const answer = (body: string, route: string) =>
    `http-request return status ${refused.status} content-type application/json string '${body}' if ${when} ${route}`.trimEnd();
  return [
    answer(anthropicError(refused), `{ path_beg ${ANTHROPIC_PATHS.join(' ')} }`),
    answer(anthropicError(refused), `{ path_beg ${SHARED_PATHS} } { req.hdr(${ANTHROPIC_HEADER}) -m found }`),
    answer(openaiError(refused), ''),
  ];
}

/** Lines of a `listen` section: headers and query parameters that nobody knows are dropped. */
export function surfaceRules(): string[] {
  const names = [...PASSED_HEADERS.map((name) => `${name}$`), ...PASSED_HEADER_PREFIXES].join('|');
  const lists = new Map<string, string[]>();
  for (const { parameters, path } of PASSED_QUERIES) {
    const key = parameters.join('|');
    if (key !== '') lists.set(key, [...(lists.get(key) ?? []), path]);
  }
  const queries = [...lists].flatMap(([parameters, paths], index) => [
    `acl query-${index} path ${paths.join(' ')}`,
    `http-request set-query '%[query,regsub("(?:^|&)(?!(?:${parameters})(?:=|&|$))(?:(?!&).)*","",g),regsub("^&+","")]' if { query -m found } query-${index}`,
  ]);
  const none = [...lists.keys()].map((_, index) => `!query-${index}`).join(' ');
  return [
    `http-request del-header '^(?i)(?!${names})' -m reg`,
    ...queries,
    // Where no parameter is left, no question mark is either.
    `http-request set-uri %[path] if { query -m found } ${none}`,
    'http-request set-uri %[path] if { query -m len 0 }',
  ];
}

/** A backend with few places, so that a workspace's large bodies wait for each other and not its other requests. */
export function largeBodies(name: string, server: string, atOnce = LARGE_AT_ONCE): string {
  const body = anthropicError({
    type: 'api_error',
    message:
      'the gateway does not answer, or too many large requests of this workspace are under way; try again in a few seconds',
  });
  return `backend ${name}
  timeout queue 60s
  http-error status 503 content-type application/json string '${body}' hdr Retry-After 5
  ${server} maxconn ${atOnce}`;
}
