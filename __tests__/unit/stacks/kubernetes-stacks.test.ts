import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';
import { parse } from 'yaml';
import { manifestId } from '../../../constructs/kubernetes/manifest';
import { yamlFiles } from '../../../constructs/kubernetes/yaml';
import type { Settings } from '../../../settings/schema';
import { KubernetesPlatformStack } from '../../../stacks/kubernetes-platform-stack';
import { KubernetesWorkspaceStack } from '../../../stacks/kubernetes-workspace-stack';
import { type Loose, onKubernetes } from '../constructs/kubernetes/on-kubernetes';

const folder = mkdtempSync(join(tmpdir(), 'gateway-kubernetes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function synthesized(id: string, make: (app: App) => TerraformStack): Loose {
  const outdir = mkdtempSync(join(folder, 'out-'));
  const app = new App({ outdir });
  make(app);
  app.synth();
  return JSON.parse(readFileSync(join(outdir, 'stacks', id, 'cdk.tf.json'), 'utf8'));
}
const platform = (settings: Settings) =>
  synthesized('platform', (app) => new KubernetesPlatformStack(app, 'platform', { settings }));
const template = (settings: Settings) =>
  synthesized('contractor-workspace', (app) => new KubernetesWorkspaceStack(app, 'contractor-workspace', { settings }));

const settings = onKubernetes();
const stack = platform(settings);
const manifests = stack.resource.kubectl_manifest as Record<string, Loose>;

test('the stack has no variable, so no secret can pass through it', () => {
  expect(stack).not.toHaveProperty('variable');
  expect(JSON.stringify(stack)).not.toContain('var.');
});

test('each object is one resource, applied by the server, over what was changed by hand', () => {
  const { objects } = new KubernetesPlatformStack(new App({ outdir: folder }), 'other', { settings }).platform;
  expect(new Set(objects.map(manifestId)).size).toBe(objects.length);
  expect(Object.keys(manifests)).toHaveLength(objects.length);
  for (const { server_side_apply, force_conflicts } of Object.values(manifests))
    expect([server_side_apply, force_conflicts]).toEqual([true, true]);
});

test('nothing in an object is an expression of Terraform', () => {
  for (const { yaml_body } of Object.values(manifests)) expect(yaml_body).not.toMatch(/(?<![$%])(\$\$|%%)*[$%]\{/);
});

test('namespaces, and what is in them that Terraform did not make, stay where the database is to outlive destroy', () => {
  const kept = (keep_on_destroy: boolean) =>
    Object.entries(platform(onKubernetes({ volumes: { keep_on_destroy } })).resource.kubectl_manifest as object)
      .filter(([, { apply_only }]) => apply_only)
      .map(([id]) => id)
      .sort();
  expect(kept(true)).toEqual(['namespace_ai_gateway', 'namespace_ai_gateway_workspaces']);
  expect(kept(false)).toEqual([]);
});

test('policies are there before the first pod, and the migration before whatever waits for it', () => {
  expect(manifests['statefulset_postgres'].depends_on).toContain('kubectl_manifest.networkpolicy_postgres');
  expect(manifests['deployment_litellm'].depends_on).toContain('kubectl_manifest.job_litellm_migration');
});

test('both namespaces admit only pods without privileges', () => {
  for (const id of ['namespace_ai_gateway', 'namespace_ai_gateway_workspaces'])
    expect(JSON.parse(manifests[id].yaml_body).metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
});

test('two syntheses are the same to the byte', () => {
  expect(JSON.stringify(platform(settings))).toBe(JSON.stringify(stack));
  expect(JSON.stringify(template(settings))).toBe(JSON.stringify(template(settings)));
});

test('the YAML for GitOps holds the same objects, in the order in which they are needed', () => {
  const { objects } = new KubernetesPlatformStack(new App({ outdir: folder }), 'yaml', { settings }).platform;
  const files = yamlFiles(objects);
  expect(files.map(({ content }) => parse(content))).toEqual(JSON.parse(JSON.stringify(objects)));
  expect(files.map(({ name }) => name)).toEqual(files.map(({ name }) => name).sort());
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
});

test('the context of the settings is the one that is changed', () => {
  expect(stack.provider.kubectl).toEqual([{}]);
  expect(platform(onKubernetes({ kubernetes: { context: 'prod' } })).provider.kubectl).toEqual([
    { config_context: 'prod' },
  ]);
});

const workspace = template(settings);
const body = (id: string): string => workspace.resource.kubectl_manifest[id].yaml_body;

test('a workspace has its tokens in a Secret, and none in its description', () => {
  expect(body('secret')).toContain('coder_agent.main.token');
  expect(body('secret')).toContain('var.workspace_identity_secret');
  expect(body('deployment')).not.toMatch(/token\b(?!"? = false)|var\./i);
});

test('a workspace has no account of the cluster, no privileges and a limit on each resource', () => {
  for (const part of [
    '"automountServiceAccountToken" = false',
    '"allowPrivilegeEscalation" = false',
    '"drop" = ["ALL"]',
    '"runAsNonRoot" = true',
    '"seccompProfile" = { "type" = "RuntimeDefault" }',
    '"limits" = { "cpu" =',
  ])
    expect(body('deployment')).toContain(part);
});

test('the home directory stays while a workspace is stopped, and a changed template leaves it alone', () => {
  const { home, deployment, secret } = workspace.resource.kubectl_manifest;
  expect(home).toMatchObject({ lifecycle: { ignore_changes: 'all' } });
  expect(home).not.toHaveProperty('count');
  for (const { count } of [deployment, secret]) expect(count).toBe('${data.coder_workspace.me.start_count}');
});

test('Coder gives the agent to the pod: nothing that depends on the Secret refers to the agent', () => {
  expect(workspace.resource.kubectl_manifest.deployment.depends_on).toEqual(['kubectl_manifest.home']);
});

test("a workspace finds the platform at the door's Service", () => {
  expect(body('secret')).toContain('http://door.ai-gateway.svc:8100');
});
