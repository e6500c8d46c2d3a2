import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayConfiguration } from '../../../images/key-provisioner/src/configuration';
import { workspaceToken } from '../../../images/key-provisioner/src/identity/workspace-token';
import { hashKey } from '../../../images/key-provisioner/src/keys/derivation';
import { eventually, type Reply, send } from '../support/requests';
import type { Gateway } from '../support/start-gateway';

export interface Identity {
  workspace_id: string;
  owner_id: string;
  username: string;
  workspace_name?: string;
}

/** A workspace that is not known yet. */
export const newWorkspace = (owner: string = randomUUID()): Identity => ({
  workspace_id: randomUUID(),
  owner_id: owner,
  username: `u-${owner.slice(0, 8)}`,
  workspace_name: 'dev',
});

/** The calls that suites make of a key-provisioner. */
export class Client {
  constructor(
    private readonly gateway: Gateway,
    readonly url = gateway.provisionerUrl,
  ) {}

  token = (identity: Identity) => workspaceToken(this.gateway.workspaceIdentitySecret, identity);

  /** What a workspace does at each start. */
  start = (identity: Identity): Promise<Reply> =>
    send('POST', `${this.url}/api/v1/keys/workspace`, this.token(identity), identity);

  /** The key of a workspace, which must get one. */
  async key(identity: Identity): Promise<string> {
    const { status, body } = await this.start(identity);
    if (status !== 200 && status !== 201) throw new Error(`expected a key, got ${status} ${JSON.stringify(body)}`);
    return body.key;
  }

  configure = (identity: Identity, rest: object) =>
    send('POST', `${this.url}/api/v1/workspaces/configure`, this.token(identity), { ...identity, ...rest });

  rotate = (identity: Identity) => send('POST', `${this.url}/api/v1/keys/rotate`, this.token(identity), identity);

  info = (key: string) => send('GET', `${this.url}/api/v1/keys/info`, key);

  admin = (method: string, path: string, body?: unknown) =>
    send(method, `${this.url}/api/v1/admin${path}`, this.gateway.adminToken, body);

  /** One key by its name, for an operator. */
  operate = (method: string, name: string, action = '') =>
    this.admin(method, `/keys/${encodeURIComponent(name)}${action && `/${action}`}`);

  /** A key as LiteLLM reports it. */
  async row(key: string) {
    const { body } = await send('GET', `${this.gateway.url}/key/info?key=${hashKey(key)}`, this.gateway.masterKey);
    return body.info;
  }
}

/**
 * Another key-provisioner of the same gateway, as after a change of gateway.yaml; all keys have its policy when this
 * resolves.
 */
export async function withConfiguration(
  gateway: Gateway,
  change: (configuration: GatewayConfiguration) => void,
  env: Record<string, string> = {},
): Promise<Client> {
  const configuration = JSON.parse(readFileSync(join(gateway.directory, 'gateway.json'), 'utf8'));
  change(configuration);
  const file = join(gateway.directory, `gateway-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(configuration));
  const { url } = await gateway.startKeyProvisionerCopy({ GATEWAY_CONFIGURATION: file, ...env });
  await policyReached(url);
  return new Client(gateway, url);
}

/** Waits until a key-provisioner has compared all keys with its policy: of the whole suite, one call to LiteLLM each. */
export const policyReached = (url: string) =>
  eventually(async () => {
    const { body } = await send('GET', `${url}/metrics`);
    expect(body).toMatch(/^key_provisioner_policy_last_success_timestamp_seconds [1-9]/m);
  }, 240);

/** Statuses of many replies, counted. */
export function tally(replies: readonly Reply[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
