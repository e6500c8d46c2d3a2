import { Cluster, ClusterError } from '../../deployment/kubernetes/cluster';
import type { Settings } from '../../settings/schema';
import type { CommandContext } from '../context';
import { CliError, EXIT, usageError } from '../errors';

/** The settings of a deployment on Kubernetes. @throws CliError (usage) for one on Docker */
export function kubernetesDeployment(context: CommandContext, file: string): Settings {
  const settings = context.loadSettings(file, {});
  if (settings.target === 'kubernetes') return settings;
  throw usageError(
    `${file} has target: docker, where secrets go from secrets.tfvars to Terraform`,
    'run `make plan`, or set target: kubernetes',
  );
}

/** Its cluster, by the kubectl of whoever runs this. */
export const clusterOf = ({ kubernetes }: Settings, { env }: CommandContext): Cluster => new Cluster(kubernetes, env);

/** Runs what asks the cluster. @throws CliError (unreachable) with kubectl's own words */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw new CliError(
      `the cluster cannot be used: ${error.message}`,
      EXIT.unreachable,
      'check KUBECONFIG, kubernetes.context in gateway.yaml, and `kubectl auth whoami`',
    );
  }
}
