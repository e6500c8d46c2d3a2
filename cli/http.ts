import { CliError, EXIT } from './errors';

/** A service this program talks to, in words for messages. */
export interface Service {
  readonly name: string;
  readonly url: string;
  /** The environment variable that says where it is. */
  readonly variable: string;
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
  init: RequestInit = {},
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
  // Not AbortSignal.timeout, which does not keep the process: where a connection is cut at a bad moment, fetch waits for ever,
  // and the process would end without a word.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  try {
    const response = await fetch(target, { ...init, redirect: 'manual', signal: controller.signal });
    return { status: response.status, ok: response.ok, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new CliError(
      `${service.name} at ${service.url} cannot be reached (${reason(error, timeoutMs)})`,
      EXIT.unreachable,
      `see that it runs (\`gateway doctor\`), or set ${service.variable} to its address`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong underneath, in few words. */
export function reason(error: unknown, timeoutMs = TIMEOUT_MS): string {
  const { name, cause, message } = error as Error & {
    cause?: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  };
  if (name === 'TimeoutError') return `no answer in ${Math.round(timeoutMs / 1000)} s`;
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused: nothing listens there',
    ENOTFOUND: 'no such host name',
    EAI_AGAIN: 'the host name cannot be resolved',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
    EHOSTUNREACH: 'no route to that host',
    ETIMEDOUT: 'no answer',
  };
  return (code && (words[code] ?? code)) || cause?.message || message;
}
