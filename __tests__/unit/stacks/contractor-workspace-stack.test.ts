import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'cdktf';
import { type Settings, type SettingsInput, settingsSchema } from '../../../settings/schema';
import { ContractorWorkspaceStack } from '../../../stacks/contractor-workspace-stack';

const base: SettingsInput = { providers: { anthropic: { credentials: 'variable' } } };
const settingsOf = (input: SettingsInput = {}): Settings => settingsSchema.parse({ ...base, ...input });

// biome-ignore lint/suspicious/noExplicitAny: synthesized JSON
type Json = any;
const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

/** Synthesizes the template as `main.ts` does and reads what was written. */
function template(input: SettingsInput = {}): { json: Json; text: string; params: string } {
  const outdir = mkdtempSync(path.join(tmpdir(), 'workspace-stack-'));
  directories.push(outdir);
  const app = new App({ outdir });
  new ContractorWorkspaceStack(app, 'contractor-workspace', { settings: settingsOf(input) });
  app.synth();
  const directory = path.join(outdir, 'stacks', 'contractor-workspace');
  const text = readFileSync(path.join(directory, 'cdk.tf.json'), 'utf8');
  expect(existsSync(path.join(directory, 'params.tf'))).toBe(true);
  return { json: JSON.parse(text), text, params: readFileSync(path.join(directory, 'params.tf'), 'utf8') };
}

/** `docker_container.door`, … */
const addresses = (byType: Record<string, object>): string[] =>
  Object.entries(byType)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort();

const { json, text, params } = template();
const workspace = json.resource.docker_container.workspace;
const door = json.resource.docker_container.door;

test('the template is what was reviewed', () => {
  const { text, params } = template({
    models: { enabled: ['claude-haiku-4-5'], default: 'claude-haiku-4-5' },
    policies: { 'agent:review': { models: ['claude-haiku-4-5'] } },
  });
  expect(JSON.parse(text, (key, value) => (key === '//' ? undefined : value))).toMatchSnapshot('cdk.tf.json');
  expect(params).toMatchSnapshot('params.tf');
});

test('the addresses of resources and data sources change only on purpose', () => {
  expect(addresses(json.data)).toEqual(['coder_provisioner.me', 'coder_workspace.me', 'coder_workspace_owner.me']);
  expect(addresses(json.resource)).toEqual([
    'coder_agent.main',
    'coder_app.code_server',
    'docker_container.door',
    'docker_container.workspace',
    'docker_network.workspace',
    'docker_volume.home',
  ]);
});

test('the runner keeps the state: there is no backend and no absolute path', () => {
  expect(json.terraform.backend).toBeUndefined();
  expect(text).not.toContain(process.cwd());
});

test('synthesizing twice gives the same bytes', () => {
  const again = template();
  expect([again.text, again.params]).toEqual([text, params]);
});

test('only the workspace container depends on the agent, so Coder finds the agent there', () => {
  const dependants = Object.entries(json.resource as Record<string, Record<string, object>>)
    .filter(([type]) => !type.startsWith('coder_'))
    .flatMap(([type, named]) => Object.entries(named).map(([name, body]) => [`${type}.${name}`, body] as const))
    .filter(([, body]) => JSON.stringify(body).includes('coder_agent.'))
    .map(([address]) => address);
  expect(dependants).toEqual(['docker_container.workspace']);
});

test('container, door and network come and go with the workspace, the home volume stays', () => {
  for (const part of [workspace, door, json.resource.docker_network.workspace])
    expect(part.count).toBe('${data.coder_workspace.me.start_count}');
  expect(json.resource.docker_volume.home).toMatchObject({
    name: 'ai-gateway-home-${data.coder_workspace.me.id}',
    lifecycle: { ignore_changes: 'all' },
  });
  expect(json.resource.docker_volume.home.count).toBeUndefined();
});

test('blocks that Coder would not see in JSON are in params.tf', () => {
  expect(json.data.coder_parameter).toBeUndefined();
  expect(json.data.coder_workspace_tags).toBeUndefined();
  for (const name of ['cpu', 'memory', 'ai_assistant', 'ai_model'])
    expect(params).toMatch(
      new RegExp(`data "coder_parameter" "${name}" \\{[^}]*form_type    = "dropdown"[^}]*option \\{`),
    );
});

test('every parameter has an effect', () => {
  const names = [...params.matchAll(/data "coder_parameter" "(\w+)"/g)].map(([, name]) => name as string);
  expect(names).toHaveLength(10);
  for (const name of names) expect(text).toContain(`data.coder_parameter.${name}.value`);
});

test('every parameter that is referred to exists', () => {
  const used = new Set([...text.matchAll(/data\.coder_parameter\.(\w+)\.value/g)].map(([, name]) => name));
  for (const name of used) expect(params).toContain(`data "coder_parameter" "${name}"`);
});

test('limits are real ones: memory in MB without swap on top, cores, processes', () => {
  expect(workspace).toMatchObject({
    cpu_period: 100000,
    cpu_quota: '${tonumber(data.coder_parameter.cpu.value) * 100000}',
    memory: '${tonumber(data.coder_parameter.memory.value) * 1024}',
    memory_swap: '${tonumber(data.coder_parameter.memory.value) * 1024}',
  });
  expect(workspace.ulimit).toEqual([expect.objectContaining({ name: 'nproc' })]);
  expect(door).toMatchObject({ memory: 64, memory_swap: 64 });
});

test.each(['workspace', 'door'])('the %s gives up every privilege', (name) => {
  expect(json.resource.docker_container[name]).toMatchObject({
    capabilities: { drop: ['ALL'] },
    security_opts: ['no-new-privileges:true'],
    restart: 'unless-stopped',
    healthcheck: { test: expect.arrayContaining(['CMD', expect.any(String)]) },
  });
  expect(json.resource.docker_container[name].privileged).toBeUndefined();
  expect(json.resource.docker_container[name].ports).toBeUndefined();
  expect(json.resource.docker_container[name].user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(JSON.stringify(json.resource.docker_container[name])).not.toContain('docker.sock');
});

test('a workspace is on its own network only, and the door also on the platform’s edge', () => {
  expect(workspace.networks_advanced).toEqual([{ name: '${docker_network.workspace[0].id}' }]);
  expect(door.networks_advanced).toEqual([
    { name: '${docker_network.workspace[0].id}', aliases: ['litellm', 'key-provisioner'] },
    { name: 'ai-gateway-edge' },
  ]);
  expect(door.read_only).toBe(true);
});

test('the bridge has a name that firewall rules match and the kernel accepts', () => {
  const name = json.resource.docker_network.workspace.options['com.docker.network.bridge.name'] as string;
  const [, prefix, length] = /^(gws)\$\{substr\(.*, 0, (\d+)\)\}$/.exec(name) ?? [];
  expect((prefix ?? '').length + Number(length)).toBeLessThanOrEqual(15);
});

test('the identity secret is a sensitive variable without a default, and enters nothing but the token', () => {
  const variable = json.variable.workspace_identity_secret;
  expect(variable).toMatchObject({ sensitive: true, nullable: false });
  expect(variable.default).toBeUndefined();
  const users = Object.entries(json.resource as Record<string, Record<string, Json>>).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, body]) =>
      Object.entries(body)
        .filter(([, value]) => JSON.stringify(value).includes('workspace_identity_secret'))
        .map(([key]) => `${type}.${name}.${key}`),
    ),
  );
  expect(users).toEqual(['docker_container.workspace.env']);
  expect(workspace.env.filter((entry: string) => entry.includes('workspace_identity_secret'))).toEqual([
    expect.stringMatching(/^GATEWAY_WORKSPACE_TOKEN=\$\{sha256\(/),
  ]);
  expect(Object.keys(json.variable).sort()).toEqual(['disk_quota', 'workspace_identity_secret']);
});

test('nothing secret is where Coder’s API shows it: the agent', () => {
  const agent = JSON.stringify([json.resource.coder_agent, json.resource.coder_app]);
  for (const word of ['GATEWAY_WORKSPACE_TOKEN', 'identity_secret', 'api_key.value', 'git_password', 'env"'])
    expect(agent).not.toContain(word);
  expect(json.resource.coder_agent.main.api_key_scope).toBe('no_user_data');
});

test('the owner’s Coder session never reaches the workspace', () => {
  expect(text + params).not.toMatch(/session_token|oidc_access_token|ssh_private_key/);
});

test('what a person types is masked where it is a credential, and never pasted into a script', () => {
  for (const name of ['ai_api_key', 'git_password'])
    expect(params).toMatch(new RegExp(`"coder_parameter" "${name}" \\{[^}]*mask_input = true`));
  const scripts = JSON.stringify([workspace.entrypoint, workspace.command, json.resource.coder_agent]);
  expect(scripts).not.toContain('coder_parameter');
});

test('code-server is reached by its owner, on the container’s loopback only', () => {
  expect(json.resource.coder_app.code_server).toMatchObject({
    share: 'owner',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:13337\//),
    healthcheck: { url: 'http://127.0.0.1:13337/healthz' },
  });
});

test('every live template in the JSON refers to something known', () => {
  const live = [...text.matchAll(/(?<![$%])[$%]\{/g)].map((match) => text.slice(match.index, match.index + 40));
  const known =
    /^\$\{(\{ |var\.|data\.|docker_|coder_agent\.|sha256\(|replace\(|substr\(|coalesce\(|tonumber\(|length\(|one\()/;
  expect(live.filter((expression) => !known.test(expression.replace(/\\"/g, '"')))).toEqual([]);
});

test('without a way out the network is internal and Coder passes through the door', () => {
  const sealed = template({ workspace: { egress: 'none' }, coder: { url: 'http://coder.example.com:8080' } }).json;
  expect(json.resource.docker_network.workspace.internal).toBe(false);
  expect(sealed.resource.docker_network.workspace.internal).toBe(true);
  expect(workspace.dns).toBeUndefined();
  expect(sealed.resource.docker_container.workspace.dns).toEqual(['127.0.0.1']);
  const { door: sealedDoor, workspace: sealedWorkspace } = sealed.resource.docker_container;
  expect(sealedDoor.networks_advanced).toEqual([
    expect.objectContaining({ aliases: ['litellm', 'key-provisioner', 'coder'] }),
    { name: 'ai-gateway-edge' },
    { name: 'ai-gateway-uplink' },
  ]);
  expect(sealedDoor.env[0]).toContain('server coder coder.example.com:8080 resolvers dns');
  expect(sealedWorkspace.entrypoint[3]).toContain('"http://coder:8080")');
});

test('without a way out, Coder on TLS keeps its name, so that its certificate fits', () => {
  const { door: d, workspace: w } = template({
    workspace: { egress: 'none' },
    coder: { url: 'https://coder.example.com' },
  }).json.resource.docker_container;
  expect(d.env[0]).toContain('server coder coder.example.com:443');
  expect(w.entrypoint[3]).toBe('${coder_agent.main.init_script}');
  expect(w.host).toEqual([{ host: 'coder.example.com', ip: expect.stringContaining('door[0].network_data') }]);
});

test('the platform’s own Coder server is reached through the door', () => {
  const { door: d } = template({ coder: { server: true } }).json.resource.docker_container;
  expect(d.env[0]).toContain('server coder ai-gateway-coder:7080');
  expect(d.networks_advanced).toHaveLength(2);
});

test('the settings’ images and name are used', () => {
  const { docker_container, docker_network } = template({
    name: 'acme',
    images: { workspace: 'registry.example.com/ws:1', door: 'registry.example.com/haproxy:3.2.4' },
  }).json.resource;
  expect(docker_container.workspace.image).toBe('registry.example.com/ws:1');
  expect(docker_container.door.image).toBe('registry.example.com/haproxy:3.2.4');
  expect(docker_container.door.env[0]).toContain('acme-edge:4000');
  expect(docker_network.workspace.name).toMatch(/^acme-ws-/);
});
