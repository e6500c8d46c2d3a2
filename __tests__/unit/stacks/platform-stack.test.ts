import { SECRETS } from '../../../settings/secrets';
import { addresses, platform, runningContainers, synthesizePlatform, texts } from './synthesized';

const ON = 'providers:\n  anthropic: {credentials: variable}\n  bedrock: {credentials: variable, region: us-east-1}\n';
const CODER = `${ON}coder: {server: true}\n`;

test('the platform stack is what was reviewed', () => {
  const stack = platform(`${ON}models: {enabled: [claude-haiku-4-5], default: claude-haiku-4-5}
policies: {agent:review: {models: [claude-haiku-4-5]}}
images: {key_provisioner: "registry.test/key-provisioner:1"}`);
  expect(stack).toMatchSnapshot();
});

test('resource addresses change only on purpose', () => {
  expect(addresses(platform(ON))).toEqual([
    'docker_container.edge',
    'docker_container.edge_files',
    'docker_container.key_provisioner',
    'docker_container.key_provisioner_files',
    'docker_container.litellm',
    'docker_container.litellm_files',
    'docker_container.postgres',
    'docker_image.edge',
    'docker_image.key_provisioner',
    'docker_image.litellm',
    'docker_image.postgres',
    'docker_image.seed',
    'docker_network.database',
    'docker_network.edge',
    'docker_network.gateway',
    'docker_network.uplink',
    'docker_volume.edge_files',
    'docker_volume.key_provisioner_files',
    'docker_volume.litellm_files',
  ]);
});

test('doors that forward to LiteLLM’s container since before there was an edge meet the edge', () => {
  const edge = new Map(runningContainers(platform(`${ON}name: acme\n`))).get('edge') as unknown as {
    networks_advanced: { aliases: string[] }[];
  };
  expect(edge.networks_advanced.map(({ aliases }) => aliases)).toEqual([['edge', 'acme-litellm'], ['edge'], ['edge']]);
});

test('a Coder server adds its own database, network and nothing else', () => {
  const without = new Set(addresses(platform(ON)));
  expect(addresses(platform(CODER)).filter((address) => !without.has(address))).toEqual([
    'docker_container.coder',
    'docker_container.coder_postgres',
    'docker_image.coder',
    'docker_image.coder_postgres',
    'docker_network.coder_database',
  ]);
});

test("a Coder server's own AI features are off, under their old and new names", () => {
  const { env } = platform(CODER).resource.docker_container?.coder ?? {};
  expect(env).toEqual(
    expect.arrayContaining([
      'CODER_AIBRIDGE_ENABLED=false',
      'CODER_AI_GATEWAY_ENABLED=false',
      'CODER_HIDE_AI_TASKS=true',
    ]),
  );
});

test('a Coder server finds the Docker socket where the workspace template looks for it', () => {
  const yaml = `${CODER}docker: {host: "unix:///run/user/1000/docker.sock"}\n`;
  const socket = { container_path: '/run/user/1000/docker.sock', host_path: '/run/user/1000/docker.sock' };
  expect(platform(yaml).resource.docker_container?.coder?.volumes).toContainEqual(socket);
});

test('synthesizing twice gives the same bytes, and none of them tell where', () => {
  const text = synthesizePlatform(CODER);
  expect(synthesizePlatform(CODER)).toBe(text);
  expect(text).not.toContain(process.cwd());
});

const REFERENCE =
  /^(var\.[a-z_]+|docker_(network|volume|image)\.[a-z_]+\.(id|name|image_id)|replace\(urlencode\(var\.[a-z_]+\), "\+", "%20"\)|sha256\("[a-z ]+:\$\{var\.[a-z_]+\}"\))$/;

test('no free text is a live template', () => {
  const stack = platform(CODER);
  const live = texts(stack).filter(({ path, text }) => {
    if (/^\/output\/gateway_url\/precondition\/\d+\/condition$/.test(path) || path.endsWith('/env')) return false;
    const expressions = [...text.matchAll(/(?<![$%])(?:\$\{((?:[^{}"]|"[^"]*")*)\}|[$%]\{)/g)];
    return expressions.some(([, inner]) => inner === undefined || !REFERENCE.test(inner));
  });
  expect(live).toEqual([]);
});

test('every secret is a sensitive variable without a value, and every other text is free of them', () => {
  const { variable } = platform(ON);
  for (const { name } of SECRETS)
    expect(variable[name]).toMatchObject({ sensitive: true, nullable: false, default: '' });
});

test('no secret that is at hand when synthesizing is in what is synthesized', () => {
  const names = ['LITELLM_MASTER_KEY', 'LITELLM_SALT_KEY', ...SECRETS.flatMap(({ environment = [] }) => environment)];
  const before = { ...process.env };
  try {
    for (const name of [...names, ...SECRETS.map(({ name }) => `TF_VAR_${name}`)]) process.env[name] = 'secret-at-hand';
    expect(synthesizePlatform(CODER)).not.toContain('secret-at-hand');
  } finally {
    process.env = before;
  }
});

test('every credential in an environment refers to a variable', () => {
  for (const [, { env }] of runningContainers(platform(CODER))) {
    const entries = Array.isArray(env) ? (env as string[]) : [];
    const secret = entries.filter((entry) => /^\w*(KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL|CREDENTIALS)=/.test(entry));
    for (const entry of secret) expect(entry).toMatch(/\$\{.*var\./);
  }
});

test('no variable has a validation, since Terraform prints what a validation refuses', () => {
  for (const variable of Object.values(platform(CODER).variable)) expect(variable).not.toHaveProperty('validation');
});

const messages = (yaml: string) =>
  platform(yaml).output.gateway_url?.precondition?.map(({ error_message }) => error_message) ?? [];

test('a provider that takes its credentials from a variable stops the plan without them, and tells what for', () => {
  expect(messages(ON)).toContainEqual(
    expect.stringMatching(
      /^anthropic_api_key is missing; claude-sonnet-4-5.* need it: .* providers\.anthropic\.credentials in gateway\.yaml to off$/,
    ),
  );
});

test('a provider that knows roles may be left to the role of the machine', () => {
  expect(messages(ON)).toContainEqual(
    expect.stringMatching(/^aws_access_key_id is missing; .* to instance-role or off$/),
  );
});

test.each(['instance-role', 'off'])('a provider whose credentials are %s asks for none', (credentials) => {
  const yaml = `providers: {anthropic: {credentials: variable}, bedrock: {credentials: ${credentials}, region: us-east-1}}`;
  expect(messages(yaml).filter((message) => /^aws_\w+ is missing/.test(message))).toEqual([]);
});

test('confirming workspaces asks for a token of Coder', () => {
  expect(messages(`${ON}coder: {url: "https://coder.test", confirm_workspaces: true}`)).toContainEqual(
    expect.stringMatching(/^coder_token is missing/),
  );
});

test('no image has a floating tag', () => {
  for (const { name } of Object.values(platform(CODER).resource.docker_image ?? {})) {
    expect(name).toMatch(/(:[\w.-]+|@sha256:[0-9a-f]{64})$/);
    expect(name).not.toMatch(/:(latest|main|stable|edge)\b/);
  }
});

test('every image can come from somewhere else', () => {
  const names = ['litellm', 'edge', 'postgres', 'key_provisioner', 'coder', 'seed'];
  const images = names.map((name) => `  ${name}: mirror.test/${name.replace('_', '-')}:1.2.3`).join('\n');
  const used = Object.values(platform(`${CODER}images:\n${images}\n`).resource.docker_image ?? {}).map(
    ({ name }) => name,
  );
  for (const name of used) expect(name).toMatch(/^mirror\.test\//);
});

test('ports are published on loopback unless the settings say otherwise', () => {
  const ips = (yaml: string) =>
    runningContainers(platform(yaml)).flatMap(([, { ports = [] }]) => (ports as { ip: string }[]).map(({ ip }) => ip));
  expect(new Set(ips(CODER))).toEqual(new Set(['127.0.0.1']));
  expect(ips(`${ON}litellm: {bind: 0.0.0.0}`)).toContain('0.0.0.0');
});

test.each(runningContainers(platform(CODER)))('%s is confined', (_, container) => {
  expect(container).toMatchObject({
    read_only: true,
    capabilities: { drop: ['ALL'] },
    security_opts: ['no-new-privileges:true'],
    restart: 'unless-stopped',
    memory: expect.any(Number),
    healthcheck: { test: expect.arrayContaining(['CMD']) },
  });
  expect(container.memory_swap).toBe(container.memory);
  expect(container.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test('the database and the edge lead nowhere outside', () => {
  const { database, edge, uplink } = platform(ON).resource.docker_network ?? {};
  expect([database, edge, uplink].map((network) => network?.internal)).toEqual([true, true, false]);
});

test('only LiteLLM and the database are on the network of the database', () => {
  const on = (network: string) =>
    runningContainers(platform(CODER))
      .filter(([, { networks_advanced }]) => JSON.stringify(networks_advanced).includes(`docker_network.${network}.id`))
      .map(([name]) => name);
  expect(on('database')).toEqual(['litellm', 'postgres']);
  expect(on('coder_database')).toEqual(['coder', 'coder_postgres']);
});

test('the master key goes to LiteLLM and the key-provisioner only', () => {
  const holders = Object.entries(platform(CODER).resource.docker_container ?? {})
    .filter(([, container]) => JSON.stringify(container).includes('var.litellm_master_key'))
    .map(([name]) => name);
  expect(holders).toEqual(['key_provisioner', 'litellm']);
});

test("the database's volume is Docker's, not Terraform's, and an earlier one of Terraform's is let go of", () => {
  const stack = platform(ON);
  expect(addresses(stack)).not.toContain('docker_volume.postgres_data');
  expect(stack.removed).toContainEqual({ from: 'docker_volume.postgres_data', lifecycle: { destroy: false } });
});

test('with keep_on_destroy off the volume goes with the stack', () => {
  const stack = platform(`${ON}volumes: {keep_on_destroy: false}`);
  expect(addresses(stack)).toContain('docker_volume.postgres_data');
  expect(stack.removed).toBeUndefined();
});

test('an edited health check replaces the container', () => {
  const label = (yaml: string, name: string) =>
    (platform(yaml).resource.docker_container?.[name]?.labels as { label: string; value: string }[] | undefined)?.find(
      ({ label }) => label === 'ai-gateway.health',
    )?.value;
  expect(label(ON, 'litellm')).toMatch(/^[0-9a-f]{12}$/);
  expect(label(ON, 'litellm')).not.toBe(label(ON, 'postgres'));
});
