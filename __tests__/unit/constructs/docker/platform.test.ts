import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { App, TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { Platform } from '../../../../constructs/docker/platform';
import { gatewaySettings } from '../../../../settings/gateway-settings';
import type { SettingsInput } from '../../../../settings/schema';

const settingsOf = (input: SettingsInput = {}) =>
  gatewaySettings({ providers: { anthropic: { credentials: 'variable' } }, ...input });

const outdir = mkdtempSync(join(tmpdir(), 'gateway-platform-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('a platform deep in a stack of somebody else’s has the names it always has', () => {
  const stack = new TerraformStack(Testing.app(), 'own');
  new DockerProvider(stack, 'docker', {});
  const platform = new Platform(new Construct(stack, 'department'), 'ai', { settings: settingsOf() });
  new TerraformOutput(stack, 'litellm', { value: platform.workload('litellm').container.name });
  const { resource, output, variable } = JSON.parse(Testing.synth(stack));
  expect(output.litellm.value).toBe('${docker_container.litellm.name}');
  expect(Object.keys(resource.docker_container)).toContain('key_provisioner');
  expect(Object.keys(output)).toEqual(expect.arrayContaining(['gateway_url', 'provisioner_url']));
  expect(Object.keys(variable)).toContain('litellm_master_key');
});

test('its addresses are known where it is made', () => {
  const settings = settingsOf({
    litellm: { bind: '10.0.0.5', port: 4001 },
    key_provisioner: { bind: '::1' },
    coder: { server: true },
  });
  const { urls } = new Platform(new TerraformStack(Testing.app(), 'own'), 'ai', { settings });
  expect(urls).toEqual({
    gateway: 'http://10.0.0.5:4001',
    provisioner: 'http://[::1]:8100',
    coder: 'http://localhost:7080',
  });
});

test('a workload that the settings leave out is not found, and those that run are named', () => {
  const platform = new Platform(new TerraformStack(Testing.app(), 'own'), 'ai', { settings: settingsOf() });
  expect(() => platform.workload('coder')).toThrow(
    'no workload is called "coder"; there are postgres, litellm, edge, key-provisioner',
  );
});

test('a second platform in a stack is refused, whose resources would replace those of the first', () => {
  const stack = new TerraformStack(Testing.app(), 'own');
  new Platform(stack, 'one', { settings: settingsOf() });
  expect(() => new Platform(stack, 'two', { settings: settingsOf({ name: 'two' }) })).toThrow(
    'the stack "own" holds the platform "own/one" already; put "two" into a stack of its own',
  );
});

test('an app that only synthesizes has the folders that its JSON builds images from', () => {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, 'own');
  new DockerProvider(stack, 'docker', {});
  new Platform(stack, 'ai', { settings: settingsOf() });
  app.synth();
  expect(existsSync(join(outdir, 'stacks/own/../../images/key-provisioner/Dockerfile'))).toBe(true);
});
