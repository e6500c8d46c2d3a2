import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { deployedPorts } from '../../../constructs/docker/host-ports';

const root = join(__dirname, '../../..');
let directory: string;
let occupant: Server;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gateway-cdktf-'));
  occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  port = (occupant.address() as { port: number }).port;
  writeFileSync(join(directory, 'secrets.tfvars'), '');
  writeFileSync(
    join(directory, 'gateway.yaml'),
    `providers: { anthropic: { credentials: variable }, bedrock: { credentials: 'off' } }\ndocker: { host: 'unix://${directory}/no.sock' }\nlitellm: { port: ${port} }\nkey_provisioner: { port: 1 }\n`,
  );
});
afterEach(() => {
  occupant.close();
  rmSync(directory, { recursive: true, force: true });
});

async function cdktf(...args: string[]): Promise<{ status: number; output: string }> {
  const env = { ...process.env, GATEWAY_SETTINGS: join(directory, 'gateway.yaml'), CHECKPOINT_DISABLE: '1' };
  const outdir = ['--output', join(directory, 'cdktf.out')];
  const child = spawn('npx', ['--no-install', 'cdktf', ...args, ...outdir], { cwd: root, env });
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { status, output: output + errors };
}

test('cdktf deploy warns of a port that another program has, before Terraform is asked', async () => {
  const varFile = `--var-file=${join(directory, 'secrets.tfvars')}`;
  const { status, output } = await cdktf('deploy', 'platform', '--auto-approve', varFile);
  expect(output).toContain(`port ${port} on 127.0.0.1, meant for ai-gateway-edge, is taken; end what listens there`);
  expect(output.indexOf('is taken')).toBeLessThan(output.indexOf('Error'));
  // There is no Docker here.
  expect(status).not.toBe(0);
});

test('cdktf synth, which changes nothing, does not mind', async () => {
  const { status } = await cdktf('synth');
  expect(status).toBe(0);
  expect(existsSync(join(directory, 'cdktf.out/stacks/platform/cdk.tf.json'))).toBe(true);
});

test('the ports that deployed containers have are read from the state', () => {
  const file = join(directory, 'terraform.platform.tfstate');
  expect(deployedPorts(file)).toEqual([]);
  writeFileSync(file, 'not a state');
  expect(deployedPorts(file)).toEqual([]);
  const container = (ports: unknown) => ({ type: 'docker_container', instances: [{ attributes: { ports } }] });
  const volume = { type: 'docker_volume', instances: [{ attributes: { name: 'data' } }] };
  const resources = [volume, container(null), container([{ ip: '127.0.0.1', external: 4000, internal: 4000 }])];
  writeFileSync(file, JSON.stringify({ version: 4, resources }));
  expect(deployedPorts(file)).toEqual([{ bind: '127.0.0.1', port: 4000 }]);
});
