import { HARNESS_URL } from './harness-process';

/** Sends the supervisor a command. Its error, with the end of the log where a start failed, is thrown. */
export async function sendCommand<T>(method: string, path: string, body: object = {}): Promise<T> {
  const base = process.env[HARNESS_URL];
  if (!base) throw new Error('the harness is not running; start these tests with jest --selectProjects contract');
  const response = await fetch(base + path, { method, body: JSON.stringify(body) });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
