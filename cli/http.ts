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

/** What is asked. */
export interface Question {
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

const TIMEOUT_MS = 60_000;

/**
 * One HTTP call.
 *
 * @throws CliError (unreachable) where no answer comes
 */
export async function call(
  service: Service,
  path: string,
  question: Question = {},
  timeoutMs = TIMEOUT_MS,
): Promise<Reply> {
  const target = `${service.url}${path}`;
  // `localhost:8100` is an address too, of a scheme called "localhost".
  if (!/^https?:/i.test(target) || !URL.canParse(target)) {
    throw new CliError(
      `${service.variable} is "${service.url}", which is no address`,
      EXIT.usage,
      'write it like http://localhost:8100',
    );
  }
  try {
    return await exchange(new URL(target), question, timeoutMs);
  } catch (error) {
    throw new CliError(
      `${service.name} at ${service.url} cannot be reached (${reason(error, timeoutMs)})`,
      EXIT.unreachable,
      `see that it runs (\`gateway doctor\`), or set ${service.variable} to its address`,
    );
  }
}

/**
 * Not `fetch`: in Node.js 20 the first one of a process never settles where the connection is cut at once, as a port of
 * Docker's does whose container is still starting, and the process ends without a word.
 */
function exchange(target: URL, { method = 'GET', headers = {}, body }: Question, timeoutMs: number): Promise<Reply> {
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
}

/** What went wrong underneath, in few words. */
export function reason(error: unknown, timeoutMs = TIMEOUT_MS): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return `no answer in ${Math.round(timeoutMs / 1000)} s`;
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused: nothing listens there',
    ENOTFOUND: 'no such host name',
    EAI_AGAIN: 'the host name cannot be resolved',
    ECONNRESET: 'the connection was cut',
    EHOSTUNREACH: 'no route to that host',
    ETIMEDOUT: 'no answer',
  };
  return (code && (words[code] ?? code)) || message;
}
