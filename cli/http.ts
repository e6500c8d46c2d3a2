import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { CliError, EXIT } from './errors';

/** A service this program talks to, in words for messages. */
export interface Service {
  readonly name: string;
  readonly url: string;
  /** The environment variable that says where it is. */
  readonly variable: string;
}

/** A request to it. */
export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly text: string;
}

/** One whole HTTP exchange, from the connection to the end of the answer; rejects where no answer comes in time. */
export type Http = (target: URL, request: HttpRequest, timeoutMs: number) => Promise<Reply>;

const TIMEOUT_MS = 60_000;

/**
 * One HTTP call of a service.
 *
 * @param timeoutMs one minute by default
 * @throws CliError (usage) where its address is not a URL, (unreachable) where no answer comes
 */
export async function call(
  http: Http,
  service: Service,
  path: string,
  request: HttpRequest = {},
  timeoutMs = TIMEOUT_MS,
): Promise<Reply> {
  const target = `${service.url}${path}`;
  // `localhost:8100` is a URL too, of a scheme called "localhost".
  if (!/^https?:/i.test(target) || !URL.canParse(target)) {
    throw new CliError(
      `${service.variable} is "${service.url}", which is not an http:// or https:// URL`,
      EXIT.usage,
      'write it like http://localhost:8100',
    );
  }
  try {
    return await http(new URL(target), request, timeoutMs);
  } catch (error) {
    throw new CliError(
      `${service.name} at ${service.url} cannot be reached (${reason(error, timeoutMs)})`,
      EXIT.unreachable,
      `check that it is running (\`gateway doctor\` helps), or set ${service.variable} to its address`,
    );
  }
}

/**
 * Node.js's own client. Not `fetch`: in Node.js 20 the first one of a process never settles where the connection is cut at once,
 * as a port of Docker's does whose container is still starting, and the process ends without a message.
 */
export const nodeHttp: Http = (target, { method = 'GET', headers = {}, body }, timeoutMs) => {
  const request = target.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(target, { method, headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const status = incoming.statusCode ?? 0;
        const received = Object.entries(incoming.headersDistinct).map(([name, values = []]) => [
          name,
          values.join(', '),
        ]);
        resolve({
          status,
          ok: status >= 200 && status < 300,
          headers: new Headers(received as [string, string][]),
          text,
        });
      });
    });
    const timer = setTimeout(() => outgoing.destroy(new DOMException('no answer', 'TimeoutError')), timeoutMs);
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
};

/** Why a call failed, in a few words. */
export function reason(error: unknown, timeoutMs = TIMEOUT_MS): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return `no answer in ${Math.round(timeoutMs / 1000)} s`;
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused: nothing is listening there',
    ENOTFOUND: 'no such host name',
    EAI_AGAIN: 'the host name cannot be resolved',
    ECONNRESET: 'the connection was reset',
    EHOSTUNREACH: 'no route to that host',
    ETIMEDOUT: 'no answer',
  };
  return (code && (words[code] ?? code)) || message;
}
