import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { command, type Outcome, REPOSITORY, succeed } from '../../deploy/support/commands';

const SCRIPT = join(REPOSITORY, 'scripts/kubernetes/cluster.sh');

/** A cluster for tests: the one that KUBECONFIG names, or this project's own. */
export class TestCluster {
  /** What programs that talk to the cluster need. */
  readonly env: NodeJS.ProcessEnv;

  private constructor(
    readonly kubeconfig: string,
    readonly isOwn: boolean,
  ) {
    // The project's kubectl is beside its cluster's programs.
    const bin = join(dirname(kubeconfig), '../../../bin');
    this.env = { KUBECONFIG: kubeconfig, PATH: isOwn ? `${bin}:${process.env.PATH}` : process.env.PATH };
  }

  /** Starts one where none is named. */
  static open(): TestCluster {
    const named = process.env.GATEWAY_TEST_KUBECONFIG ?? process.env.KUBECONFIG;
    if (named) return new TestCluster(named, false);
    return new TestCluster(succeed(SCRIPT, ['start']).trim().split('\n').at(-1) ?? '', true);
  }

  run(args: readonly string[], input?: string): Outcome {
    return command('kubectl', args, { env: this.env, ...(input === undefined ? {} : { input }) });
  }

  /** What kubectl printed. @throws Error where it fails */
  kubectl(...args: string[]): string {
    return succeed('kubectl', args, { env: this.env }).trim();
  }

  json<T = { items: Record<string, never>[] }>(...args: string[]): T {
    return JSON.parse(this.kubectl(...args, '--output', 'json')) as T;
  }

  /** Puts images of the Docker daemon on every node, where this is the project's own cluster; elsewhere they have to be there. */
  load(images: readonly string[]): void {
    if (!this.isOwn) return;
    const listed = succeed(SCRIPT, ['shell', '1', 'ctr', '--namespace', 'k8s.io', 'images', 'ls', '--quiet']);
    const there = listed.split('\n');
    for (const image of images.filter((each) => !there.includes(`docker.io/${each}`))) {
      const script =
        'archive=$(mktemp) && trap \'rm -f "$archive"\' EXIT && docker save -o "$archive" "$2" && "$1" load "$archive"';
      succeed('bash', ['-euc', script, 'load', SCRIPT, image]);
    }
  }

  /** Leads a port of this machine to a Service while `use` runs. */
  async forward<T>(namespace: string, service: string, port: number, use: (url: string) => Promise<T>): Promise<T> {
    const args = ['port-forward', '--namespace', namespace, `service/${service}`, `:${port}`];
    const child = spawn('kubectl', args, {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; await setTimeout(100)) {
        const [, local] = /127\.0\.0\.1:(\d+) ->/.exec(said) ?? [];
        if (local) return await use(`http://127.0.0.1:${local}`);
      }
      throw new Error(`no port leads to ${namespace}/${service}: ${said}`);
    } finally {
      child.kill();
    }
  }
}
