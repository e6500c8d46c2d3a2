import { z } from 'zod';
import type { Metrics } from '../metrics';
import { Upstream, UpstreamUnavailable } from '../upstream/upstream';

/** A workspace as Coder describes it, as far as it matters here. */
const workspaceSchema = z.object({
  id: z.string(),
  owner_id: z.string(),
  latest_build: z.object({ transition: z.string(), status: z.string() }),
});
export type CoderWorkspace = z.infer<typeof workspaceSchema>;

const workspaceListSchema = z.object({ workspaces: z.array(z.object({ id: z.string() })), count: z.number() });

/** A person as Coder describes them, as far as it matters here. */
const userSchema = z.object({ id: z.string().min(1), username: z.string().min(1), status: z.string() });
export type CoderUser = z.infer<typeof userSchema>;

/**
 * What Coder says about a workspace. `deleted` is certain (410). `unknown` may be a workspace that never was or one that
 * the token cannot see (404), or an id that cannot be one (400).
 */
export type WorkspaceAnswer =
  | { readonly state: 'found'; readonly workspace: CoderWorkspace }
  | { readonly state: 'deleted' }
  | { readonly state: 'unknown' };

/** Where Coder is, and as whom it is asked. */
export interface CoderOptions {
  readonly url: string;
  /** A token with the scopes workspace:read and template:read. Without it, only people's own tokens can be checked. */
  readonly token?: string | undefined;
  readonly metrics: Metrics;
}

/** Coder's API, read only. */
export class CoderClient {
  private readonly upstream: Upstream;
  private readonly token: string | undefined;

  constructor(options: CoderOptions) {
    this.token = options.token;
    this.upstream = new Upstream({
      name: 'coder',
      url: options.url,
      metrics: options.metrics,
      headers: {},
      connections: 8,
      timeoutMs: 5_000,
    });
  }

  /** Looks up a workspace. @throws UpstreamUnavailable when Coder is unreachable, limits our requests, or rejects our token */
  async lookUp(id: string): Promise<WorkspaceAnswer> {
    const { status, body } = await this.get('workspace', `/api/v2/workspaces/${encodeURIComponent(id)}`);
    if (status === 410) return { state: 'deleted' };
    if (status === 404 || status === 400) return { state: 'unknown' };
    const workspace = this.expect(status, body, workspaceSchema);
    if (workspace.latest_build.status === 'deleted') return { state: 'deleted' };
    return { state: 'found', workspace };
  }

  /** Ids of all workspaces that the token can see, stopped ones too, in lower case. */
  async listWorkspaceIds(): Promise<Set<string>> {
    const ids = new Set<string>();
    const limit = 100;
    for (let offset = 0; ; offset += limit) {
      const query = { limit: String(limit), offset: String(offset) };
      const { status, body } = await this.get('workspaces', '/api/v2/workspaces', query);
      const { workspaces, count } = this.expect(status, body, workspaceListSchema);
      for (const { id } of workspaces) ids.add(id.toLowerCase());
      if (workspaces.length === 0 || offset + limit >= count) return ids;
    }
  }

  /** Whose session token this is, or undefined where Coder does not accept it. The token is used for this one call. */
  async userOf(sessionToken: string): Promise<CoderUser | undefined> {
    const { status, body } = await this.upstream.call({
      operation: 'users/me',
      method: 'GET',
      path: '/api/v2/users/me',
      headers: { 'coder-session-token': sessionToken },
    });
    // A scoped token gets 404: it may not read who it belongs to.
    if (status === 401 || status === 403 || status === 404) return undefined;
    return this.expect(status, body, userSchema);
  }

  close(): Promise<void> {
    return this.upstream.close();
  }

  private get(operation: string, path: string, query?: Record<string, string>) {
    return this.upstream.call({
      operation,
      method: 'GET',
      path,
      ...(query ? { query } : {}),
      headers: { 'coder-session-token': this.token ?? '' },
    });
  }

  private expect<T extends z.ZodType>(status: number, body: unknown, schema: T): z.output<T> {
    if (status !== 200) throw new UpstreamUnavailable('coder', `answered ${status}`);
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new UpstreamUnavailable('coder', 'answered in an unexpected shape');
    return parsed.data;
  }
}
