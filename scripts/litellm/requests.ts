/** One request with a bearer credential and a JSON body; its status and answer. */
export async function request(method: string, url: string, credential: string, body?: unknown) {
  const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json', connection: 'close' };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, answer: parsed(text) };
}

/** The same, where anything but a good answer is an error. */
export async function must(method: string, url: string, credential: string, body?: unknown) {
  const { status, answer } = await request(method, url, credential, body);
  if (status >= 300) throw new Error(`${method} ${new URL(url).pathname}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The status of one small completion. */
export async function completion(url: string, key: string, model = 'claude-haiku-4-5'): Promise<number> {
  const messages = [{ role: 'user', content: 'Hello' }];
  return (await request('POST', `${url}/v1/chat/completions`, key, { model, messages })).status;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
