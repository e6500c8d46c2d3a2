import { createServer, type IncomingMessage, request as send } from 'node:http';
import { onLoopback } from './on-loopback';

/** What a client sent. */
export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Names as the client wrote them, each followed by its value. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Stands between the clients and the gateway, passes everything on, and remembers it. */
export async function startRecorder(target: string) {
  const requests: Sent[] = [];
  const { hostname, port } = new URL(target);
  const server = createServer(async (incoming, outgoing) => {
    const body = await contentOf(incoming);
    const { method = 'GET', url = '/', rawHeaders } = incoming;
    requests.push({ method, url, rawHeaders, body: body.toString() });
    const onward = send({ hostname, port, method, path: url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    // A gateway that is down looks like one here.
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  return { requests, ...(await onLoopback(server)) };
}

async function contentOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
