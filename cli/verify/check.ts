import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import type { Settings } from '../../settings/schema';
import type { ServedModel } from '../../settings/served-models';
import type { Docker } from '../docker';
import type { GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';

/** How a check went. `skip` says why it could not be made; it is neither good nor bad. */
export interface Outcome {
  readonly status: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export const pass = (detail = ''): Outcome => ({ status: 'pass', detail });
export const fail = (detail: string): Outcome => ({ status: 'fail', detail });
export const skip = (detail: string): Outcome => ({ status: 'skip', detail });

/** What a check needs to have gone well before. */
export type Need = 'gateway' | 'provisioner' | 'key' | 'workspace';

/** One thing a person would try by hand. */
export interface Check {
  readonly title: string;
  readonly needs: readonly Need[];
  /** What its failure takes away from the checks that follow. */
  readonly provides?: Need;
  readonly run: (bench: Bench) => Promise<Outcome>;
}

/** What checks work with; the key appears when it has been issued. */
export interface Bench {
  readonly settings: Settings;
  readonly models: readonly ServedModel[];
  readonly gateway: GatewayClient;
  readonly provisioner: ProvisionerClient | undefined;
  /** Asked without a credential, or with a wrong one. */
  readonly stranger: ProvisionerClient;
  readonly docker: Docker;
  readonly workspace: string | undefined;
  /** What asking the models can cost at most, US dollars. */
  readonly costs: number;
  key: string | undefined;
  /** The models that key may use, where it was not made for these checks. @default - all that are served */
  allowed?: readonly string[];
  /** A key that is being made, or was made, for these checks; deleted at the end. */
  making?: Promise<IssuedKey> | undefined;
}
