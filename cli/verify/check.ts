import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import type { Settings } from '../../settings/schema';
import type { ServedModel } from '../../settings/served-models';
import type { Runtime } from '../doctor/runtime';
import type { GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';

/** The result of a check. `skip` says why it could not be made; it is neither a success nor a failure. */
export interface Outcome {
  readonly status: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export const pass = (detail = ''): Outcome => ({ status: 'pass', detail });
export const fail = (detail: string): Outcome => ({ status: 'fail', detail });
export const skip = (detail: string): Outcome => ({ status: 'skip', detail });

/** What a check needs from an earlier one. */
export type Need = 'gateway' | 'provisioner' | 'key' | 'workspace';

/** One thing that one would try by hand. */
export interface Check {
  readonly title: string;
  readonly needs: readonly Need[];
  /** What the following checks lack if this one fails. */
  readonly provides?: Need;
  readonly run: (context: CheckContext) => Promise<Outcome>;
}

/** What checks work with; the key appears when it has been issued. */
export interface CheckContext {
  readonly settings: Settings;
  readonly models: readonly ServedModel[];
  readonly gateway: GatewayClient;
  /** A client that shows the key-provisioner this credential. */
  readonly provisioner: (credential: string) => ProvisionerClient;
  /** @default - no key can be issued */
  readonly adminToken?: string;
  readonly runtime: Runtime;
  /** @default - nothing is tested from inside a workspace */
  readonly workspace?: string;
  /** What the requests to the models can cost at most, US dollars. */
  readonly estimatedUsd: number;
  /** A virtual key. @default - none yet */
  key?: string;
  /** The models that key may use, where it was not issued for these checks. @default - all that are served */
  allowed?: readonly string[];
  /** A key that is being issued, or was issued, for these checks; deleted at the end. */
  issuing?: Promise<IssuedKey>;
}

/** A client without a valid credential. */
export const unauthenticated = ({ provisioner }: CheckContext): ProvisionerClient => provisioner('unauthenticated');
