import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDirectory } from '../../../runtime/installation/directories';
import { PYTHON_DIRECTORY } from '../../../runtime/installation/python-environment';
import { freePort } from '../../../runtime/processes/ports';
import { send } from '../support/requests';
import { cacheWithoutDemos } from './cache';
import { command, type DemoInfo, finished } from './demo-process';

const MINUTES = 60_000;

interface RegisteredPorts {
  readonly gateway: number;
  readonly provisioner: number;
  readonly postgres: number;
  readonly litellm: number;
}

/** The ports that a demo has chosen, read the moment it registers them: long before any service listens. */
async function chosenPorts(cache: string): Promise<RegisteredPorts> {
  const directory = join(cache, 'demos');
  for (;;) {
    const [file] = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.json')) : [];
    const text = file ? readFileSync(join(directory, file), 'utf8') : '';
    if (text.endsWith('\n')) {
      const [gateway = 0, provisioner = 0, postgres = 0, litellm = 0] = JSON.parse(text).ports as number[];
      return { gateway, provisioner, postgres, litellm };
    }
    await sleep(5);
  }
}

/** Listens and never answers. */
async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Has the port and listens on nothing, as a connection's own end does: only who tries to listen there finds out. */
async function bindWithoutListening(port: number): Promise<ChildProcess> {
  const script = `import socket, time; s = socket.socket(); s.bind(("127.0.0.1", ${port})); print("bound", flush=True); time.sleep(600)`;
  const python = join(cacheDirectory(), PYTHON_DIRECTORY, 'bin/python');
  const child = spawn(python, ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test(
  'a demo that loses every port between choosing and using it takes others, says so, and works',
  async () => {
    const cache = cacheWithoutDemos();
    const demo = command('main', ['--json', '--mock'], { GATEWAY_CACHE_DIR: cache });
    const end = finished(demo);
    const lost = await chosenPorts(cache);
    const occupants = await Promise.all([lost.gateway, lost.provisioner, lost.postgres].map(occupy));
    const bound = await bindWithoutListening(lost.litellm);
    try {
      const [line] = (await once(demo.stdout ?? demo, 'data')) as [Buffer];
      const info = JSON.parse(String(line)) as DemoInfo;
      const used = [info.gatewayUrl, info.provisionerUrl, info.databaseUrl].map((url) => Number(new URL(url).port));
      expect(used.filter((port) => Object.values(lost).includes(port))).toEqual([]);
      // Everything found everything else: a key is issued through LiteLLM, and works at the edge.
      const key = await send('POST', `${info.provisionerUrl}/api/v1/admin/keys`, info.adminToken, {
        scope: 'ci',
        subject: 'demo/ports',
      });
      const models = await send('GET', `${info.gatewayUrl}/v1/models`, key.body.key);
      expect(models.status).toBe(200);
    } finally {
      demo.kill('SIGTERM');
      for (const occupant of occupants) occupant.close();
      bound.kill();
    }
    const { stderr } = await end;
    for (const [service, port] of [
      ['PostgreSQL', lost.postgres],
      ['LiteLLM', lost.litellm],
      ['the edge', lost.gateway],
      ['the key-provisioner', lost.provisioner],
    ])
      expect(stderr).toMatch(`another process took port ${port} before ${service} could use it; trying `);
  },
  6 * MINUTES,
);

test(
  'a port that the user named and that is lost before it is used is refused, and nothing is left running',
  async () => {
    const cache = cacheWithoutDemos();
    const port = await freePort();
    const demo = command('main', ['--json', '--mock', '--gateway-port', String(port)], { GATEWAY_CACHE_DIR: cache });
    const end = finished(demo);
    await chosenPorts(cache);
    const occupant = await occupy(port);
    const { status, stdout, stderr } = await end;
    occupant.close();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n').at(-1)).toBe(
      `demo: port ${port} is taken; name another one with --gateway-port, or leave it out and a free one is used`,
    );
    expect(readdirSync(join(cache, 'demos')).filter((name) => name.endsWith('.json'))).toEqual([]);
  },
  4 * MINUTES,
);
