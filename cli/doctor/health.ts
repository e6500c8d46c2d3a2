import type { GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';

export interface GatewayHealth {
  readonly reachable: boolean;
  /** Why it is not reachable; empty where it is. */
  readonly error: string;
  /** HTTP status of its readiness; 0 where it is not reachable. */
  readonly status: number;
  /** As LiteLLM says it: `connected`, `disconnected`; `unknown` where it does not. */
  readonly database: string;
  /** How far its clock is ahead of this machine's. @default - its answer has no date */
  readonly clockAheadSeconds?: number;
}

export interface ProvisionerHealth {
  readonly reachable: boolean;
  /** Why it is not reachable; empty where it is. */
  readonly error: string;
  /** Whether it reaches the gateway, in its own words: `ready` is good; `unknown` where it is not reachable. */
  readonly litellm: string;
}

const READINESS_TIMEOUT_MS = 15_000;

/** Asks the gateway for its readiness; a gateway that does not answer is a result too. */
export async function gatewayHealth(gateway: GatewayClient, now: () => Date): Promise<GatewayHealth> {
  const unreachable = (error: string) => ({ reachable: false, error, status: 0, database: 'unknown' });
  try {
    const answer = await gateway.get('/health/readiness', undefined, READINESS_TIMEOUT_MS);
    const body = answer.json as { db?: string; error?: { message?: string } } | undefined;
    // The edge answers in LiteLLM's place, and says so.
    if (answer.status >= 500 && body?.db === undefined && body?.error)
      return unreachable(`the edge answers: ${body.error.message}`);
    const date = Date.parse(answer.headers.get('date') ?? '');
    return {
      reachable: true,
      error: '',
      status: answer.status,
      database: body?.db ?? 'unknown',
      ...(Number.isNaN(date) ? {} : { clockAheadSeconds: Math.round((date - now().getTime()) / 1000) }),
    };
  } catch (error) {
    return unreachable((error as Error).message);
  }
}

/** The same of the key-provisioner. */
export async function provisionerHealth(provisioner: ProvisionerClient): Promise<ProvisionerHealth> {
  try {
    const { litellm = 'ready' } = await provisioner.ready();
    return { reachable: true, error: '', litellm };
  } catch (error) {
    return { reachable: false, error: (error as Error).message, litellm: 'unknown' };
  }
}
