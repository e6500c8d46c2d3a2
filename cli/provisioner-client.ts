import type { z } from 'zod';
import {
  type AdminCreateRequest,
  bootstrapResponseSchema,
  healthSchema,
  issuedKeySchema,
  type KeyInfo,
  keyInfoSchema,
  keyListSchema,
  problemSchema,
  reconcileResponseSchema,
  type SpendCorrectedRequest,
  spendCorrectedResponseSchema,
} from '../images/key-provisioner/src/contract';
import { CliError, EXIT } from './errors';
import { call, type Http, type Reply, type Service } from './http';

/** Which keys to list. */
export interface KeyFilter {
  readonly scope?: string;
  readonly owner?: string;
  readonly state?: string;
}

/** One row of a bootstrap file. */
export interface BootstrapUser {
  readonly username: string;
  readonly user_id?: string;
  readonly max_budget?: number;
  readonly rpm_limit?: number;
}

const RECONCILE_TIMEOUT_MS = 11 * 60_000;
const SPEND_CORRECTED_TIMEOUT_MS = 5 * 60_000;

/** The key-provisioner's HTTP API. Answers are checked against the service's own schemas. */
export class ProvisionerClient {
  private readonly service: Service;

  constructor(
    private readonly http: Http,
    url: string,
    /** Admin credential, session token or virtual key, as the call needs. */
    private readonly credential: string,
  ) {
    this.service = { name: 'the key-provisioner', url, variable: 'GATEWAY_PROVISIONER_URL' };
  }

  create = (request: AdminCreateRequest) => this.request('POST', '/api/v1/admin/keys', issuedKeySchema, request);
  info = (name: string) => this.request('GET', keyPath(name), keyInfoSchema);
  revoke = (name: string) => this.request('POST', `${keyPath(name)}/revoke`);
  restore = (name: string) => this.request('POST', `${keyPath(name)}/restore`);
  resetSpend = (name: string) => this.request('POST', `${keyPath(name)}/reset-spend`);
  rotate = (name: string) => this.request('POST', `${keyPath(name)}/rotate`, issuedKeySchema);
  delete = (name: string) => this.request('DELETE', keyPath(name));
  bootstrap = (users: readonly BootstrapUser[]) =>
    this.request('POST', '/api/v1/admin/keys/bootstrap', bootstrapResponseSchema, { users });
  /** A run queries Coder for at most five minutes, and may have to wait for one that is under way. */
  reconcile = (dryRun: boolean) =>
    this.request('POST', '/api/v1/admin/reconcile', reconcileResponseSchema, { dry_run: dryRun }, RECONCILE_TIMEOUT_MS);
  /** LiteLLM is asked about one account after the other. */
  spendCorrected = (accounts: SpendCorrectedRequest) =>
    this.request(
      'POST',
      '/api/v1/admin/spend-corrected',
      spendCorrectedResponseSchema,
      accounts,
      SPEND_CORRECTED_TIMEOUT_MS,
    );
  selfService = (purpose?: string) =>
    this.request('POST', '/api/v1/keys/self-service', issuedKeySchema, purpose ? { purpose } : {});
  /** About the virtual key this client holds. */
  ownKey = () => this.request('GET', '/api/v1/keys/info', keyInfoSchema);
  health = () => this.request('GET', '/health', healthSchema);

  /** Whether it reaches the gateway: 503 is an answer here, not a failure. */
  async ready(): Promise<z.infer<typeof healthSchema>> {
    const response = await call(this.http, this.service, '/health/ready');
    const parsed = healthSchema.safeParse(tryJson(response.text));
    if (parsed.success) return parsed.data;
    throw this.refusal(response);
  }

  /** Every page. */
  async list(filter: KeyFilter = {}): Promise<KeyInfo[]> {
    const keys = new Map<string, KeyInfo>();
    for (let page = 1, pages = 1; page <= pages; page++) {
      const query = new URLSearchParams({ ...filter, page: String(page), page_size: '100' });
      const answer = await this.request('GET', `/api/v1/admin/keys?${query}`, keyListSchema);
      // By name: a key made while pages are read moves the others along.
      for (const key of answer.keys) keys.set(key.name, key);
      pages = answer.total_pages;
    }
    return [...keys.values()];
  }

  private async request(method: string, path: string): Promise<void>;
  private async request<S extends z.ZodType>(
    method: string,
    path: string,
    schema: S,
    body?: unknown,
    timeoutMs?: number,
  ): Promise<z.infer<S>>;
  private async request(
    method: string,
    path: string,
    schema?: z.ZodType,
    body?: unknown,
    timeoutMs?: number,
  ): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${this.credential}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await call(this.http, this.service, path, request, timeoutMs);
    if (!response.ok) throw this.refusal(response);
    if (!schema) return undefined;
    const parsed = schema.safeParse(tryJson(response.text));
    if (parsed.success) return parsed.data;
    throw new CliError(
      `the answer of ${this.service.url} is not that of a key-provisioner of this version (${method} ${path.split('?')[0]}, status ${response.status})`,
      EXIT.refused,
      'check that GATEWAY_PROVISIONER_URL is right, and that the deployed key-provisioner has the version of this checkout',
    );
  }

  private refusal(response: Reply): CliError {
    const problem = problemSchema.safeParse(tryJson(response.text));
    const unreachable = [502, 503, 504].includes(response.status);
    const message = problem.success
      ? [
          problem.data.detail || problem.data.title,
          ...(problem.data.errors ?? []).map((e) => `${e.field}: ${e.detail}`),
        ]
          .filter((part, index, parts) => !parts.slice(0, index).some((earlier) => earlier.includes(part)))
          .join('; ')
      : `status ${response.status} from ${this.service.url}, which does not look like the key-provisioner`;
    const retry = response.headers.get('retry-after');
    const fix =
      response.status === 401
        ? 'use the credential that this deployment was made with: check GATEWAY_ADMIN_TOKEN and secrets.tfvars'
        : retry
          ? `try again in ${retry} s`
          : unreachable
            ? 'run `gateway doctor`'
            : problem.success
              ? undefined
              : 'set GATEWAY_PROVISIONER_URL to the address of the key-provisioner';
    return new RefusedError(message, response.status, unreachable ? EXIT.unreachable : EXIT.refused, fix);
  }
}

/** The service answered, and refused. */
export class RefusedError extends CliError {
  constructor(
    message: string,
    readonly status: number,
    exitCode: typeof EXIT.refused | typeof EXIT.unreachable,
    fix?: string,
  ) {
    super(message, exitCode, fix);
  }
}

const keyPath = (name: string) => `/api/v1/admin/keys/${encodeURIComponent(name)}`;

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
