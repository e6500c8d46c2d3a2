/** Small calls that many suites make. Each resolves with the status, the parsed body and the headers. */
export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the service under test answered
  readonly body: any;
  readonly headers: Headers;
}

/** Any request with a bearer credential and a JSON body. */
export async function send(method: string, url: string, credential?: string, body?: unknown): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: {
      // A kept connection may be closed by the other side at the moment of the next request, which then fails.
      connection: 'close',
      ...(credential ? { authorization: `Bearer ${credential}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: parsed(text), headers: response.headers };
}

/** One question to a model. */
export function chat(gatewayUrl: string, key: string, model: string, extra: object = {}): Promise<Reply> {
  const messages = [{ role: 'user', content: 'Hello' }];
  return send('POST', `${gatewayUrl}/v1/chat/completions`, key, { model, messages, ...extra });
}

/** Asks again and again until the condition holds; the last reason why not becomes the error. */
export async function eventually<T>(check: () => Promise<T>, seconds = 120): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
