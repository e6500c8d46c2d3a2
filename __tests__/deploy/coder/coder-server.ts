import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { docker, run } from '../workspace/machine';

/** Somebody who may log in. */
export interface Person {
  readonly id: string;
  readonly username: string;
  /** What Coder gives for a password: no scopes, like a browser's. */
  readonly session: string;
}

interface Agent {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly lifecycle_state: string;
  readonly apps: readonly { readonly slug: string; readonly health: string }[];
}

export interface CoderWorkspace {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly latest_build: {
    readonly transition: string;
    readonly status: string;
    readonly resources: readonly { readonly agents?: readonly Agent[] }[];
  };
}

const PASSWORD = 'a-Password-4-tests!';

/** A running Coder server, asked as people ask it: over its API, and with its own command line. */
export class CoderServer {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'coder-'));
  private readonly program = path.join(this.directory, 'coder');

  /** @param image - the server's image, in which its command line is, too */
  constructor(
    readonly url: string,
    image: string,
  ) {
    const container = docker('create', image);
    docker('cp', `${container}:/opt/coder`, this.program);
    docker('rm', container);
  }

  /** Makes the first user, who may do everything. */
  async firstUser(username: string): Promise<Person> {
    await this.call('POST', '/users/first', { email: `${username}@example.com`, username, password: PASSWORD });
    return this.logIn(username);
  }

  async user(by: Person, username: string, roles: readonly string[] = []): Promise<Person> {
    const [organization] = await this.call<{ id: string }[]>('GET', '/organizations', undefined, by.session);
    const body = {
      email: `${username}@example.com`,
      username,
      password: PASSWORD,
      organization_ids: [organization?.id],
    };
    await this.call('POST', '/users', { ...body, login_type: 'password', user_status: 'active', roles }, by.session);
    return this.logIn(username);
  }

  /** Makes the token that a key-provisioner asks with, as the documents tell it: it may read workspaces and templates. */
  serviceToken(by: Person, name = 'key-provisioner'): string {
    const scopes = ['--scope', 'workspace:read', '--scope', 'template:read'];
    return this.cli(by, 'tokens', 'create', '--name', name, '--lifetime', '8760h', ...scopes);
  }

  /** Runs `coder` and waits for it: what it printed. */
  cli(as: Person, ...args: string[]): string {
    return run(this.program, args, { env: this.environment(as) });
  }

  workspaceOf(owner: Person, name: string): Promise<CoderWorkspace> {
    return this.call('GET', `/users/${owner.id}/workspace/${name}`, undefined, owner.session);
  }

  /** Waits until the agent of a workspace has run its start script. */
  async ready(owner: Person, name: string): Promise<Agent> {
    let agents: Agent[] = [];
    for (const deadline = Date.now() + 180_000; Date.now() < deadline; await setTimeout(1000)) {
      const workspace = await this.workspaceOf(owner, name);
      agents = workspace.latest_build.resources.flatMap((resource) => resource.agents ?? []);
      const done = agents.find(({ lifecycle_state }) => !['created', 'starting'].includes(lifecycle_state));
      if (done) return done;
    }
    throw new Error(`no agent of ${name} became ready: ${JSON.stringify(agents)}`);
  }

  /** What the dashboard shows beside a workspace, by key: a value, or the error there is in its place. */
  async metadata(viewer: Person, agentId: string): Promise<Record<string, string>> {
    const response = await this.ask('GET', `/workspaceagents/${agentId}/watch-metadata`, undefined, viewer.session);
    let text = '';
    // An endless stream of events, of which the first that has data is enough.
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      const [, data] = /event: data\ndata: (.*)\n/.exec(text) ?? [];
      if (!data) continue;
      const figures = JSON.parse(data) as { description: { key: string }; result: { value: string; error: string } }[];
      return Object.fromEntries(
        figures.map(({ description, result }) => [description.key, result.value || result.error]),
      );
    }
    throw new Error(`no metadata of ${agentId}: ${response.status} ${text}`);
  }

  /** @throws Error with status and text of what is no success */
  async call<T>(method: string, route: string, body?: unknown, token = ''): Promise<T> {
    const response = await this.ask(method, route, body, token);
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  ask(method: string, route: string, body?: unknown, token = ''): Promise<Response> {
    return fetch(`${this.url}/api/v2${route}`, {
      method,
      // A command in between blocks this process, which then does not notice that a kept connection has ended.
      headers: { 'coder-session-token': token, 'content-type': 'application/json', connection: 'close' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async logIn(username: string): Promise<Person> {
    const email = `${username}@example.com`;
    const { session_token } = await this.call<{ session_token: string }>('POST', '/users/login', {
      email,
      password: PASSWORD,
    });
    const { id } = await this.call<{ id: string }>('GET', '/users/me', undefined, session_token);
    return { id, username, session: session_token };
  }

  private environment(as: Person): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    const own = { HOME: this.directory, TMPDIR: this.directory, CODER_CONFIG_DIR: this.directory, NO_COLOR: '1' };
    return { PATH, ...own, CODER_URL: this.url, CODER_SESSION_TOKEN: as.session };
  }
}
