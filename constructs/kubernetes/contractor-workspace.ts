import { TerraformCount, type TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema';
import { coderRoute } from '../../workspace/coder-route';
import { type ExpressionValue, expressionOf } from '../terraform/expression';
import { WorkspaceAgent } from '../terraform/workspace-agent';
import { workspaceTemplate } from '../terraform/workspace-template';
import { KubectlManifest, type KubectlManifestProps } from './kubectl';
import { workspaceObjects } from './workspace-objects';

export interface KubernetesWorkspaceProps {
  readonly settings: Settings;
}

/**
 * One workspace on Kubernetes: a Deployment of one pod, and a Secret with its environment, which exist while it runs; and a
 * volume for its home, which stays until the workspace is deleted. What it reaches is decided by the policies of its namespace,
 * which the platform's stack makes.
 *
 * Also adds the template's variables (`workspace_identity_secret`, `use_kubeconfig`), its output `gateway` and its parameters.
 *
 * @throws SettingsError where the workspace policy leaves no model to choose
 */
export class KubernetesWorkspace extends Construct {
  constructor(scope: Construct, id: string, { settings }: KubernetesWorkspaceProps) {
    super(scope, id);
    const workspace = workspaceTemplate(this, settings);
    const agent = new WorkspaceAgent(this, 'Agent', { route: coderRoute(settings), thisHost: 'localhost' });
    const count = TerraformCount.of(workspace.startCount);
    const { claim, secret, deployment } = workspaceObjects(settings, agent.initScript);
    const manifest = (id: string, object: ExpressionValue, props: Partial<KubectlManifestProps> = {}) => {
      const body = `\${jsonencode(${expressionOf(object)})}`;
      const made = new KubectlManifest(this, id, { body, ...props });
      made.overrideLogicalId(id.toLowerCase());
      return made;
    };

    // A changed template, name or owner must never cost anybody their files.
    const home = manifest('Home', claim);
    home.addOverride('lifecycle', { ignore_changes: 'all' });
    const environment = manifest('Secret', secret);
    environment.count = count;
    // It waits for the Secret by itself. Coder gives its agent to the first by name of the resources that refer to it directly, which
    // one that depended on the Secret would not seem to do.
    const pod = manifest('Deployment', deployment, { dependsOn: [home], waitForRollout: false });
    pod.count = count;
  }
}

/** Whether Terraform reads a kubeconfig: Coder in the cluster does not, its pod has an account of its own. */
export function kubeconfigVariable(stack: TerraformStack): string {
  new TerraformVariable(stack, 'use_kubeconfig', {
    type: 'bool',
    description:
      'Whether the cluster is found by a kubeconfig (~/.kube/config of whoever runs Terraform). Leave it false where Coder runs in the cluster: its own account is used.',
    default: false,
    nullable: false,
  });
  return '${var.use_kubeconfig}';
}
