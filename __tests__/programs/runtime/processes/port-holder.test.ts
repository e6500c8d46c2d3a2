import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portHolder } from '../../../../runtime/processes/port-holder';
import { freePort } from '../../../../runtime/processes/ports';

/** A process that listens on a port. */
async function listener(port: number, host: string) {
  const script = `require('node:net').createServer().listen(${port}, '${host}', () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test.each(['127.0.0.1', '0.0.0.0', '::'])(
  'a process that listens on %s holds the port, and no other one does',
  async (host) => {
    const port = await freePort();
    expect(await portHolder(port, process.pid)).toBe('none');
    const child = await listener(port, host);
    try {
      expect(await portHolder(port, child.pid ?? 0)).toBe('this');
      expect(await portHolder(port, process.pid)).toBe('another');
    } finally {
      child.kill();
    }
  },
);

test('a port that only a connection uses has no listener', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const child = spawn(process.execPath, ['-e', `require('node:net').connect(${port}, '127.0.0.1')`]);
  const [socket] = (await once(server, 'connection')) as [{ remotePort: number }];
  expect(await portHolder(socket.remotePort, process.pid)).toBe('none');
  child.kill();
  server.close();
});
