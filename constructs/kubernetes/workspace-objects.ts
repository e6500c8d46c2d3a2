import { kubernetesNames } from '../../settings/kubernetes';
import type { Settings } from '../../settings/schema';
import type { EnvValue } from '../../workloads/value';
import { workspace } from '../../workspace/workspace';
import { parameterExpression, WORKSPACE_FACTS } from '../terraform/coder-data';
import { Expression, type ExpressionValue } from '../terraform/expression';
import { quotedTemplate } from '../terraform/value';
import { selectorLabels } from './labels';
import { imageReference } from './pod';
import { containerSecurity, podSecurity } from './security';

/** The objects of one workspace, in which Coder's data stand as expressions. */
export interface WorkspaceObjects {
  /** The home directory. It outlives a stopped workspace. */
  readonly claim: ExpressionValue;
  /** The environment, tokens included, so that none is in the pod's description. */
  readonly secret: ExpressionValue;
  readonly deployment: ExpressionValue;
}

const HOME = 'home';
const MB_PER_GB = 1024;
/** What a container may write beside its home: its own files can be changed, and packages installed. */
const EPHEMERAL = '10Gi';

/** @param initScript - Coder's, as a template that is one expression */
export function workspaceObjects(settings: Settings, initScript: string): WorkspaceObjects {
  const workload = workspace(settings);
  const { workspacesNamespace: namespace } = kubernetesNames(settings);
  const { storage, image_pull: pull } = settings.kubernetes;
  const name = new Expression('"ws-${data.coder_workspace.me.id}"');
  const metadata = { name, namespace, labels: workspaceLabels(settings) };
  const facts = { path: (file: string) => file, workspace: { ...WORKSPACE_FACTS, agentScript: initScript } };
  const text = (value: EnvValue) => new Expression(`"${quotedTemplate(value, facts)}"`);
  const environment = Object.entries(workload.environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const times = (parameter: string, factor: number, unit: string) =>
    new Expression(`"\${tonumber(${parameterExpression(parameter)}) * ${factor}}${unit}"`);
  const selector = { ...selectorLabels(settings, 'workspace'), 'com.coder.workspace.id': fact('id') };
  return {
    claim: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...metadata, name: new Expression('"ws-${data.coder_workspace.me.id}-home"') },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storage.class ? { storageClassName: storage.class } : {}),
        resources: { requests: { storage: times('disk', 1, 'Gi') } },
      },
    },
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'Opaque',
      data: Object.fromEntries(
        environment.map(([variable, value]) => [variable, new Expression(`base64encode(${text(value).hcl})`)]),
      ),
    },
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        // Two pods must not share a home.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: workspaceLabels(settings) },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            hostname: new Expression('lower(data.coder_workspace.me.name)'),
            securityContext: { ...podSecurity(workload.user) } as ExpressionValue,
            shareProcessNamespace: true,
            terminationGracePeriodSeconds: workload.stopGraceSeconds,
            ...(pull.secret ? { imagePullSecrets: [{ name: pull.secret }] } : {}),
            containers: [
              {
                name: 'workspace',
                image: imageReference(workload.image),
                imagePullPolicy: pull.policy,
                command: (workload.entrypoint ?? []).map(commandPart(initScript, text)),
                envFrom: [{ secretRef: { name } }],
                readinessProbe: {
                  exec: { command: [...workload.health.command] },
                  periodSeconds: workload.health.intervalSeconds,
                  timeoutSeconds: workload.health.timeoutSeconds,
                },
                resources: {
                  // A workspace idles most of the day.
                  requests: { cpu: '250m', memory: times('memory', MB_PER_GB / 4, 'Mi'), 'ephemeral-storage': '1Gi' },
                  limits: {
                    cpu: times('cpu', 1, ''),
                    memory: times('memory', 1, 'Gi'),
                    'ephemeral-storage': EPHEMERAL,
                  },
                },
                securityContext: { ...containerSecurity(workload.writableRoot) } as ExpressionValue,
                volumeMounts: workload.persistent.map(({ path }) => ({ name: HOME, mountPath: path })),
              },
            ],
            volumes: [
              {
                name: HOME,
                persistentVolumeClaim: { claimName: new Expression('"ws-${data.coder_workspace.me.id}-home"') },
              },
            ],
          },
        },
      },
    },
  };
}

/** Kubernetes would take every second dollar sign of a script away, and fill in what looks like a variable of its own. */
const commandPart = (initScript: string, text: (value: EnvValue) => Expression) => (part: EnvValue) =>
  part.kind === 'workspace' && part.fact === 'agentScript'
    ? new Expression(`replace(${inner(initScript)}, "$", "$$")`)
    : text(part);

/** The expression of a template that is nothing else. */
const inner = (template: string) => template.replace(/^\$\{([\s\S]*)\}$/, '$1');

const fact = (name: keyof typeof WORKSPACE_FACTS) => new Expression(inner(WORKSPACE_FACTS[name]));

/** What Coder's own templates label, so that its tools and people find the parts of a workspace. */
const workspaceLabels = (settings: Settings): Record<string, ExpressionValue> => ({
  ...selectorLabels(settings, 'workspace'),
  'app.kubernetes.io/managed-by': 'coder',
  'com.coder.resource': 'true',
  'com.coder.user.id': fact('ownerId'),
  'com.coder.user.username': fact('ownerName'),
  'com.coder.workspace.id': fact('id'),
  'com.coder.workspace.name': fact('name'),
});
