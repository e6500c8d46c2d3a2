import { LARGEST_BODY } from '../workloads/body-limits';
import { PASSED_HEADER_PREFIXES, PASSED_HEADERS, PASSED_QUERIES } from '../workloads/request-surface';

/** Bodies above this many bytes count as large; a workspace has {@link LARGE_AT_ONCE} of them under way at once. */
const LARGE_BODY = 1024 * 1024;
const LARGE_AT_ONCE = 8;

/** The condition under which a request belongs into the backend of {@link largeBodies}. */
export const IS_LARGE = `{ req.hdr_val(content-length) gt ${LARGE_BODY} }`;

/** Lines of a `listen` section: bodies that are too large, chunked or compressed are refused before they are read. */
export function bodyRules(): string[] {
  const megabytes = LARGEST_BODY / 1024 ** 2;
  return [
    ...refusal(411, 'invalid_request_error', 'a body needs a Content-Length here; chunked bodies are not read', [
      '{ req.hdr(transfer-encoding) -m found }',
    ]),
    ...refusal(413, 'request_too_large', `the body is larger than ${megabytes} MB`, [
      `{ req.hdr_val(content-length) gt ${LARGEST_BODY} }`,
    ]),
    ...refusal(415, 'invalid_request_error', 'a body must not be compressed here', [
      '{ req.hdr(content-encoding) -m found }',
      '!{ req.hdr(content-encoding) identity }',
    ]),
  ];
}

/** In the words of the route: Anthropic's envelope, or OpenAI's. */
function refusal(status: number, type: string, message: string, when: readonly string[]): string[] {
  const answer = (body: object, route: string) =>
    `http-request return status ${status} content-type application/json string '${JSON.stringify(body)}' if ${[...when, route].join(' ')}`;
  return [
    answer({ type: 'error', error: { type, message } }, '{ path_beg /v1/messages }'),
    answer({ error: { message, type, param: null, code: String(status) } }, '!{ path_beg /v1/messages }'),
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
export function largeBodies(name: string, server: string): string {
  const body = JSON.stringify({
    type: 'error',
    error: {
      type: 'api_error',
      message:
        'the gateway does not answer, or too many large requests of this workspace are under way; try again in a few seconds',
    },
  });
  return `backend ${name}
  timeout queue 60s
  http-error status 503 content-type application/json string '${body}' hdr Retry-After 5
  ${server} maxconn ${LARGE_AT_ONCE}`;
}
