import { createServer } from 'node:http';
import { onLoopback } from './on-loopback';

/** Somebody else's address: remembers every request, so that a test sees whether a key got there. */
export async function startForeignServer() {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n\n${body}`);
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
  });
  return { requests, ...(await onLoopback(server)) };
}
