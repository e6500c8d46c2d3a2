import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for Coder's API, for what a real server cannot be asked for: silence, errors, a limit reached, a list that hides
 * everything. Otherwise it answers as the real one does, which `__tests__/deploy/coder` runs against: 410 for deleted, 404
 * for unknown or invisible, 400 for malformed ids, 401 without a good token.
 */
export interface StandInCoder {
  readonly url: string;
  /** The service token it accepts. */
  readonly token: string;
  readonly workspaces: Map<string, StandInWorkspace>;
  /** Session tokens of people. */
  readonly sessions: Map<string, { id: string; username: string; status: string }>;
  /** `<method> <path>` of every request, without the query. */
  readonly requests: string[];
  /** While set, every request is answered with this status and nothing else, or never. */
  failure: number | 'silence' | undefined;
  /** While set, the list of workspaces is empty, as it is for a token without `template:read`. */
  hideList: boolean;
  stop(): Promise<void>;
}

export interface StandInWorkspace {
  owner_id: string;
  transition: 'start' | 'stop' | 'delete';
  status: string;
}

/** @param where - port (a free one) and address (loopback) to listen on */
export async function startStandInCoder(where: { port?: number; host?: string } = {}): Promise<StandInCoder> {
  const coder = {
    url: '',
    token: 'coder-service-token-for-tests',
    workspaces: new Map<string, StandInWorkspace>(),
    sessions: new Map<string, { id: string; username: string; status: string }>(),
    requests: [] as string[],
    failure: undefined as StandInCoder['failure'],
    hideList: false,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    if (coder.failure === 'silence') {
      coder.requests.push(`${request.method} ${request.url}`);
      return;
    }
    const { status, body } = answer(coder, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(where.port ?? 0, where.host ?? '127.0.0.1', resolve));
  coder.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return coder;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function answer(coder: StandInCoder, request: IncomingMessage): { status: number; body: unknown } {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://coder');
  coder.requests.push(`${request.method} ${pathname}`);
  if (typeof coder.failure === 'number')
    return { status: coder.failure, body: { message: 'An internal server error occurred.' } };
  const token = String(request.headers['coder-session-token'] ?? '');
  if (pathname === '/api/v2/users/me') {
    const user = coder.sessions.get(token);
    if (user) return { status: 200, body: { ...user, email: `${user.username}@example.com`, roles: [] } };
    return {
      status: token === coder.token ? 404 : 401,
      body: { message: 'You are signed out or your session has expired.' },
    };
  }
  if (token !== coder.token)
    return { status: 401, body: { message: 'You are signed out or your session has expired.' } };
  if (pathname === '/api/v2/workspaces') {
    const alive = [...coder.workspaces].filter(([, { transition }]) => transition !== 'delete' && !coder.hideList);
    const offset = Number(searchParams.get('offset') ?? 0);
    const page = alive.slice(offset, offset + Number(searchParams.get('limit') ?? 100));
    return { status: 200, body: { workspaces: page.map(([id, it]) => describe(id, it)), count: alive.length } };
  }
  const id = decodeURIComponent(pathname.replace('/api/v2/workspaces/', ''));
  if (!UUID.test(id)) return { status: 400, body: { message: `Invalid UUID "${id}".` } };
  const workspace = coder.workspaces.get(id);
  if (!workspace)
    return { status: 404, body: { message: 'Resource not found or you do not have access to this resource' } };
  if (workspace.transition === 'delete') {
    return { status: 410, body: { message: `Workspace ${id} was deleted. Specify '?deleted=true' to see it.` } };
  }
  return { status: 200, body: describe(id, workspace) };
}

const describe = (id: string, { owner_id, transition, status }: StandInWorkspace) => ({
  id,
  name: 'dev',
  owner_id,
  owner_name: 'owner',
  latest_build: { id: 'b', build_number: 1, transition, status, job: { status: 'succeeded' } },
});
