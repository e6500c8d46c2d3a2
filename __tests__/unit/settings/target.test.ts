import { kubernetesNames } from '../../../settings/kubernetes';
import { parseSettings, type SettingsError } from '../../../settings/load';

const BASE = 'providers: {anthropic: {credentials: variable}}\n';
const IMAGES = 'images: {key_provisioner: "r.example.com/kp:1.0.0", workspace: "r.example.com/ws:1.0.0"}\n';
const ON_KUBERNETES = `${BASE}${IMAGES}target: kubernetes\n`;

function problems(text: string): string[] {
  try {
    parseSettings(text);
    return [];
  } catch (error) {
    return (error as SettingsError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

test('without a target everything runs on Docker, and nothing else has to be said', () => {
  expect(parseSettings(BASE).target).toBe('docker');
});

test('names follow from the name of the deployment', () => {
  expect(kubernetesNames(parseSettings(`name: acme\n${ON_KUBERNETES}`))).toEqual({
    namespace: 'acme',
    workspacesNamespace: 'acme-workspaces',
    secret: 'gateway-secrets',
  });
});

test('settings of a cluster are an error on Docker, where nobody reads them', () => {
  expect(problems(`${BASE}kubernetes: {namespace: acme}\n`)).toEqual([
    'kubernetes: is read only with target: kubernetes; set that, or remove this section',
  ]);
});

test.each([
  ['docker: {host: "tcp://192.0.2.1:2376"}', 'docker.host: found "tcp://192.0.2.1:2376", which has no meaning'],
  ['litellm: {bind: 0.0.0.0}', 'litellm.bind: found "0.0.0.0"'],
  ['key_provisioner: {bind: 0.0.0.0}', 'key_provisioner.bind: found "0.0.0.0"'],
  ['coder: {server: true}', 'coder.server: found true'],
])('on a cluster, %s is an error that says what to do', (line, message) => {
  const found = problems(`${ON_KUBERNETES}${line}\n`);
  expect(found).toEqual([expect.stringContaining(message)]);
  expect(found[0]).toContain('Remove this line');
});

test('a cluster needs the names of the images that Docker builds', () => {
  expect(problems(`${BASE}target: kubernetes\n`)).toEqual([
    expect.stringContaining('images.key_provisioner: is missing; a cluster builds no image'),
    expect.stringContaining('images.workspace: is missing; a cluster builds no image'),
  ]);
});

test.each([
  ['kubernetes: {namespace: one, workspaces_namespace: one}', 'the platform'],
  ['kubernetes: {workspaces_namespace: coder}', 'Coder'],
])('workspaces have a namespace of their own: %s', (line, other) => {
  expect(problems(`${ON_KUBERNETES}${line}\n`)).toEqual([expect.stringContaining(`where ${other} runs too`)]);
});

test.each([
  'kubernetes: {namespace: Not_A_Name}',
  'kubernetes: {egress: {deny: [203.0.113.7]}}',
  'kubernetes: {replicas: {litellm: 0}}',
])('%s is not taken', (line) => expect(problems(`${ON_KUBERNETES}${line}\n`)).toHaveLength(1));
