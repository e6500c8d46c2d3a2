import { createServer } from 'node:net';
import { cacheWithoutDemos } from './cache';
import { command, finished } from './demo-process';

const env = { GATEWAY_CACHE_DIR: cacheWithoutDemos() };
const MINUTES = 60_000;

test.each([[['--detach', '--json']], [['--json']]])(
  'a demo with %j says that a provider’s key makes its models real, before it starts anything',
  async (options) => {
    const demo = command('main', options, { ...env, ANTHROPIC_API_KEY: 'sk-ant-not-a-real-key' });
    const end = finished(demo);
    const said = new Promise((resolve) => demo.stderr?.once('data', resolve));
    expect(String(await Promise.race([said, end]))).toContain(
      'models of anthropic are the real ones and cost real money',
    );
    demo.kill('SIGTERM');
    expect((await end).stdout).toBe('');
  },
  MINUTES,
);

test(
  'a taken port is refused before anything is started',
  async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve));
    const { port } = occupant.address() as { port: number };
    const { status, stderr } = await finished(command('main', ['--json', '--gateway-port', String(port)], env));
    occupant.close();
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      `demo: port ${port} is taken; name another one with --gateway-port, or leave it out and a free one is used`,
    );
  },
  MINUTES,
);

test(
  'mistakes on the command line are named without a stack trace',
  async () => {
    const { status, stderr } = await finished(command('main', ['--prot', '1'], env));
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(/^demo: unknown option '--prot'.*; --help lists the options$/);
  },
  MINUTES,
);
