import { setTimeout } from 'node:timers/promises';
import type { ServedModel } from '../../settings/served-models';
import { type Answer, errorOf, type GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';
import { temporarySubject } from '../temporary-key';
import { cleaningUp } from '../terminal/shutdown';

/** How one provider's cheapest model answered a small request. */
export interface Probe {
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  /** `error.type` of a refusal by the gateway itself; empty for an answer, and for an error of the provider. */
  readonly type: string;
  /** With LiteLLM's class of error in front, where it is the provider's (`litellm.RateLimitError: …`). */
  readonly message: string;
}

/** Header in which the gateway names LiteLLM's class of a provider's error; its own refusals have none. */
const PROVIDER_ERROR = 'x-gateway-provider-error';

/** Sends a small request to the cheapest model of each provider, with the key that is checked or one issued for this. */
export async function probeProviders(
  models: readonly ServedModel[],
  gateway: GatewayClient,
  apiKey: { key: string; models?: readonly string[] } | undefined,
  admin: ProvisionerClient | undefined,
): Promise<Probe[]> {
  const cheapest = cheapestOfEach(models);
  const send = (key: string, targets = cheapest) =>
    Promise.all(targets.map(([provider, { name }]) => probe(gateway, provider, name, key)));
  if (apiKey) {
    const allowed = models.filter(({ name }) => !apiKey.models || apiKey.models.includes(name));
    const answers = await send(apiKey.key, cheapestOfEach(allowed));
    // A key that is refused itself shows nothing about the providers.
    if (!admin || answers.some(({ status, type }) => status === 200 || !isAboutTheKey(type))) return answers;
    return [...answers, ...(await withTemporaryKey(admin, cheapest, send))];
  }
  return admin ? withTemporaryKey(admin, cheapest, send) : [];
}

/** Others' requests may have started the next cooldown meanwhile. */
const COOLDOWN_ATTEMPTS = 3;
const LONGEST_COOLDOWN_MS = 10_000;
const COOLDOWN_MARGIN_MS = 500;
const PROBE_TIMEOUT_MS = 60_000;

type Target = readonly [provider: string, model: ServedModel];

function cheapestOfEach(models: readonly ServedModel[]): Target[] {
  const cheapest = new Map<string, ServedModel>();
  for (const model of models) {
    const { provider, prices } = model.routes[0];
    const known = cheapest.get(provider);
    if (!known || prices.output < known.routes[0].prices.output) cheapest.set(provider, model);
  }
  return [...cheapest];
}

/** Whether a refusal concerns the key, not the model or its provider; the gateway's types, and LiteLLM's own of older gateways. */
export const isAboutTheKey = (type: string): boolean =>
  ['authentication_error', 'billing_error', 'rate_limit_error'].includes(type) ||
  ['token_not_found_in_db', 'auth_error', 'expired_key', 'budget_exceeded', 'throttling_error'].includes(type) ||
  type.endsWith('_model_access_denied');

/** What providers, their libraries and LiteLLM say about a credential that is not accepted. */
const CREDENTIAL =
  /AuthenticationError|authentication_error|invalid x-api-key|Missing .{0,20}API.?Key|Unable to locate credentials|security token .* invalid|UnrecognizedClient|InvalidSignature|api_key client option must be set/i;

/** Whether a message is about the provider's credential. */
export const isAboutTheCredential = (message: string): boolean => CREDENTIAL.test(message);

async function withTemporaryKey(
  admin: ProvisionerClient,
  targets: readonly Target[],
  send: (key: string) => Promise<Probe[]>,
): Promise<Probe[]> {
  const request = {
    scope: 'ci' as const,
    subject: temporarySubject('doctor'),
    duration: '10m',
    max_budget: 0.1,
    models: targets.map(([, { name }]) => name),
  };
  const issuing = admin.create(request).catch(() => undefined);
  const remove = async () => {
    const issued = await issuing;
    if (issued) await admin.delete(issued.name).catch(() => undefined);
  };
  return cleaningUp(remove, async () => {
    const issued = await issuing;
    // Other symptoms say why no key can be issued.
    if (!issued) return [];
    return send(issued.key).finally(remove);
  });
}

/** After failures LiteLLM does not use a provider for some seconds, and answers with this type itself. */
export const isCooldown = (type: string): boolean => type === 'all_deployments_in_cooldown';

/** LiteLLM's class of error, as {@link refusalOf} puts it in front of a provider's error. */
const CLASS = /^litellm\.(\w+): /;

/** Whether the log of LiteLLM can say more about an answer than the answer: the gateway keeps a provider's own words to itself. */
export const needsLog = ({ type, message }: Probe): boolean => isCooldown(type) || CLASS.test(message);

/** Adds what the provider itself said, from LiteLLM's log; also where others' requests keep a model in cooldown. */
export function withProvidersWords(probe: Probe, log: string): Probe {
  if (!needsLog(probe)) return probe;
  const kind = isCooldown(probe.type) ? '\\w+' : CLASS.exec(probe.message)?.[1];
  const failure = new RegExp(`litellm\\.${kind}: .*${probe.provider.replace('_', '_?')}.*`, 'i');
  const line = log
    .split('\n')
    .flatMap((line) => failure.exec(line)?.[0] ?? [])
    .at(-1);
  if (!line) return probe;
  return { ...probe, message: isCooldown(probe.type) ? `in cooldown after ${line}` : line };
}

/** Tries again after a cooldown, since only the provider's own answer says what is wrong. */
async function probe(gateway: GatewayClient, provider: string, model: string, key: string): Promise<Probe> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await probeOnce(gateway, provider, model, key);
    if (!isCooldown(answer.type) || attempt === COOLDOWN_ATTEMPTS) return answer;
    const seconds = Number(/Try again in (\d+)/.exec(answer.message)?.[1] ?? 5);
    await setTimeout(Math.min(seconds * 1000, LONGEST_COOLDOWN_MS) + COOLDOWN_MARGIN_MS);
  }
}

async function probeOnce(gateway: GatewayClient, provider: string, model: string, key: string): Promise<Probe> {
  const body = { model, max_tokens: 16, messages: [{ role: 'user', content: 'Say hi.' }] };
  let answer: Answer;
  try {
    answer = await gateway.post('/v1/chat/completions', body, key, PROBE_TIMEOUT_MS);
  } catch (error) {
    return { provider, model, status: 0, type: '', message: (error as Error).message };
  }
  if (answer.status === 200) return { provider, model, status: 200, type: '', message: '' };
  return { provider, model, status: answer.status, ...refusalOf(answer) };
}

function refusalOf(answer: Answer): Pick<Probe, 'type' | 'message'> {
  const { type, message } = errorOf(answer);
  const providers = answer.headers.get(PROVIDER_ERROR);
  if (providers && isCooldown(providers)) return { type: providers, message };
  if (providers) return { type: '', message: `litellm.${providers}: ${message}` };
  const denied = answer.status === 400 && /is not available to this key/.test(message);
  return { type: denied ? 'key_model_access_denied' : type, message };
}
