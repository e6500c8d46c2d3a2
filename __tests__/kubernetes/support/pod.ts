import { setTimeout } from 'node:timers/promises';
import type { TestCluster } from './cluster';

/** A pod that does nothing, in which a test runs programs of Node.js. */
export class IdlePod {
  constructor(
    private readonly cluster: TestCluster,
    readonly namespace: string,
    readonly name: string,
  ) {}

  /** @throws Error where it is not admitted or does not run */
  start(image: string): this {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: this.name, namespace: this.namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'idle',
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    };
    const { status, stderr } = this.cluster.run(['apply', '--server-side', '-f', '-'], JSON.stringify(manifest));
    if (status !== 0) throw new Error(stderr);
    this.cluster.kubectl('wait', '--for=condition=Ready', '--timeout=120s', '-n', this.namespace, `pod/${this.name}`);
    return this;
  }

  address = (): string =>
    this.cluster.kubectl('get', 'pod', '-n', this.namespace, this.name, '-o', 'jsonpath={.status.podIP}');

  exec(...command: string[]): string {
    return this.cluster.kubectl('exec', '-n', this.namespace, this.name, '--', ...command);
  }

  /** Status of a request, or why there was none. */
  fetch(method: string, url: string, key = ''): string {
    const program = `const [method, url, key] = process.argv.slice(1);
      fetch(url, {method, headers: key ? {authorization: "Bearer " + key, "content-type": "application/json"} : {},
        ...(method === "POST" ? {body: JSON.stringify({model: "claude-haiku-4-5", messages: [{role: "user", content: "hello"}]})} : {}),
        signal: AbortSignal.timeout(20000)}).then((r) => console.log(r.status), (e) => console.log(e.cause?.code ?? e.name))`;
    return this.exec('node', '-e', program, method, url, key);
  }

  /** Per target `open`, or why a connection does not come about within seconds. */
  connect(targets: readonly (readonly [host: string, port: number])[]): string[] {
    const program = `const connect = ([host, port]) => new Promise((resolve) => {
        const socket = require("node:net").connect({ host, port }, () => resolve("open"));
        socket.on("error", (error) => resolve(error.code));
        setTimeout(resolve, 4000, "timeout");
      });
      Promise.all(JSON.parse(process.argv[1]).map(connect)).then((all) => { console.log(JSON.stringify(all)); process.exit(); });`;
    return JSON.parse(this.exec('node', '-e', program, JSON.stringify(targets)));
  }

  /** Waits until the policies of the cluster hold for this pod: its first moments may be free. */
  async settled(): Promise<this> {
    await setTimeout(5000);
    return this;
  }
}
