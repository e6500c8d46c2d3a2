import { spawn } from 'node:child_process';
import type { KubernetesSettings } from '../../settings/kubernetes';

/** What kubectl could not do. Its message is meant for people. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/**
 * The cluster of a deployment, by kubectl: it finds and authenticates to a cluster the way its user does, whatever the cloud.
 */
export class Cluster {
  constructor(
    private readonly settings: Pick<KubernetesSettings, 'context'>,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /**
   * Runs kubectl.
   *
   * @param input - what it reads; never an argument, which every process of the machine can see
   * @returns what it printed
   * @throws ClusterError where kubectl is missing or fails; what was given to it is not in the message
   */
  run(args: readonly string[], input = ''): Promise<string> {
    const { context } = this.settings;
    const all = [...(context ? ['--context', context] : []), '--request-timeout=20s', ...args];
    return new Promise((resolve, reject) => {
      const child = spawn('kubectl', all, { env: this.env, stdio: ['pipe', 'pipe', 'pipe'] });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.once('error', () =>
        reject(new ClusterError('kubectl is not installed; install kubectl (https://kubernetes.io/docs/tasks/tools/)')),
      );
      // It may end before it has read everything.
      child.stdin.on('error', () => undefined);
      child.once('close', (status) => {
        if (status === 0) resolve(stdout);
        // Its last line says what is wrong; what comes before is its own log.
        else reject(new ClusterError(stderr.trim().split('\n').at(-1) || `kubectl ended with ${status}`));
      });
      child.stdin.end(input);
    });
  }

  /** An object, or undefined where there is none. @throws ClusterError where the cluster cannot be asked */
  async tryGet(kind: string, name: string, namespace: string): Promise<Record<string, unknown> | undefined> {
    const args = ['get', kind, name, '--namespace', namespace, '--ignore-not-found', '--output', 'json'];
    const text = await this.run(args);
    return text.trim() === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  }
}
