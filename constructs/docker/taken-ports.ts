import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of the host that a container is meant to have. */
export interface HostPort {
  /** The container's name. */
  readonly container: string;
  readonly bind: string;
  readonly port: number;
}

/** Whether the daemon at this `docker.host` publishes ports of this machine; another machine's are not to be seen from here. */
export const publishesHere = (dockerHost: string): boolean => /^(unix|npipe):/.test(dockerHost);

/** What is wrong with each port that another program listens on, for people. Nothing is left listening. */
export async function takenPorts(wanted: readonly HostPort[], own: readonly Omit<HostPort, 'container'>[]) {
  const problems: string[] = [];
  for (const { container, bind, port } of wanted) {
    if (own.some((held) => held.bind === bind && held.port === port) || (await isFree(bind, port))) continue;
    problems.push(
      `port ${port} on ${bind}, meant for ${container}, is taken; end what listens there (ss -ltnp), or choose another port in gateway.yaml`,
    );
  }
  return problems;
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
    server.close();
    return true;
  } catch (error) {
    // An address that this machine does not have is Docker's to judge.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
}
