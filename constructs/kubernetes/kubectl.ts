import { type ITerraformDependable, TerraformProvider, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { literal } from '../terraform/literal';
import type { Manifest } from './manifest';

/**
 * The kubectl provider, whose one resource is any object of Kubernetes. (Written here because its bindings would be larger than
 * what is used of them.)
 */
const GENERATOR = { providerName: 'kubectl', providerVersion: '1.19.0' };
const SOURCE = 'gavinbunney/kubectl';
const VERSION = '1.19.0';

export interface KubectlProviderProps {
  /** Context of the kubeconfig. @default - its current one */
  readonly context?: string;
  /** Expression: whether a kubeconfig is read at all, and not what a pod is given. @default - it is */
  readonly loadConfigFile?: string;
}

/** Which cluster, as kubectl itself finds it. */
export class KubectlProvider extends TerraformProvider {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: KubectlProviderProps = {},
  ) {
    super(scope, id, {
      terraformResourceType: 'kubectl',
      terraformGeneratorMetadata: { ...GENERATOR, providerVersionConstraint: VERSION },
      terraformProviderSource: SOURCE,
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    const { context, loadConfigFile } = this.props;
    return {
      ...(context ? { config_context: literal(context) } : {}),
      ...(loadConfigFile ? { load_config_file: loadConfigFile } : {}),
    };
  }
}

export interface KubectlManifestProps {
  /** The object as YAML; JSON is YAML. Expressions in it are Terraform's. */
  readonly body: string;
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Whether `destroy` leaves the object. @default false */
  readonly keepOnDestroy?: boolean;
  /** Whether applying waits until a Deployment has rolled out. @default true */
  readonly waitForRollout?: boolean;
}

/** One object of Kubernetes. */
export class KubectlManifest extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: KubectlManifestProps,
  ) {
    super(scope, id, {
      terraformResourceType: 'kubectl_manifest',
      terraformGeneratorMetadata: GENERATOR,
      ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    const { body, keepOnDestroy, waitForRollout } = this.props;
    return {
      yaml_body: body,
      server_side_apply: true,
      // A change made by hand is undone; else it would make the apply fail.
      force_conflicts: true,
      ...(keepOnDestroy ? { apply_only: true } : {}),
      ...(waitForRollout === false ? { wait_for_rollout: false } : {}),
    };
  }
}

/** An object without expressions. */
export const bodyOf = (manifest: Manifest): string => literal(JSON.stringify(manifest));
