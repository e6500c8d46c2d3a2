import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Client, Identity } from './client';

export interface StartUnderWay {
  /** Sends the body and resolves with the status of the answer. */
  finish(): Promise<number>;
}

/** A workspace's start that the key-provisioner has begun to serve: it asked for the body (`100 Continue`), which is not sent yet. */
export async function underWay(client: Client, workspace: Identity): Promise<StartUnderWay> {
  const start = request(`${client.url}/api/v1/keys/workspace`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${client.token(workspace)}`,
      'content-type': 'application/json',
      expect: '100-continue',
    },
  });
  start.flushHeaders();
  await once(start, 'continue');
  return {
    async finish() {
      const answered = once(start, 'response');
      start.end(JSON.stringify(workspace));
      const [answer] = (await answered) as [IncomingMessage];
      answer.resume();
      return answer.statusCode ?? 0;
    },
  };
}
