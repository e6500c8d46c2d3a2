import type { Audit } from './audit';
import type { CoderClient } from './coder/client';
import type { Confirmation } from './coder/confirmation';
import type { GatewayConfiguration } from './configuration';
import type { Authentication } from './http/authentication';
import type { Derivation } from './keys/derivation';
import type { Keyring } from './keys/keyring';
import type { Ledger } from './keys/ledger';
import type { Operations } from './keys/operations';
import type { People } from './keys/people';
import type { Reconciler } from './keys/reconciler';
import type { Rotation } from './keys/rotation';
import type { LiteLLMClient } from './litellm/client';
import type { Metrics } from './metrics';

/** What routes work with; made once per application in `app.ts`. */
export interface Services {
  readonly configuration: GatewayConfiguration;
  readonly workspaceIdentitySecret: string;
  readonly authentication: Authentication;
  readonly litellm: LiteLLMClient;
  readonly derivation: Derivation;
  readonly ledger: Ledger;
  readonly keyring: Keyring;
  readonly people: People;
  readonly rotation: Rotation;
  readonly operations: Operations;
  readonly metrics: Metrics;
  readonly audit: Audit;
  /** Without Coder's address there is no self-service. */
  readonly coder: CoderClient | undefined;
  /** Only where the settings ask for it. */
  readonly confirmation: Confirmation | undefined;
  readonly reconciler: Reconciler;
}
