import { HARNESS_URL } from './harness-process';

/** Sends the supervisor an order; its refusal, with the end of the log where a start failed, becomes the error. */
export async function order<T>(method: string, path: string, body: object = {}): Promise<T> {
  const base = process.env[HARNESS_URL];
  if (!base) throw new Error('the harness does not run; start these tests with jest --selectProjects contract');
  const response = await fetch(base + path, { method, body: JSON.stringify(body) });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
