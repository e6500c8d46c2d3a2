import { setTimeout } from 'node:timers/promises';
import type { ServedModel } from '../../settings/served-models';
import { type Answer, errorOf, type GatewayClient } from '../gateway-client';
import type { ProvisionerClient } from '../provisioner-client';
import { cleaningUp } from '../terminal/leaving';

/** How one provider's cheapest model answered a small question. */
export interface Probe {
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  /** LiteLLM's `error.type`; empty for an answer. */
  readonly type: string;
  readonly message: string;
}

/** Asks the cheapest model of each provider, with the key somebody has trouble with or one made for this. */
export async function probeProviders(
  models: readonly ServedModel[],
  gateway: GatewayClient,
  apiKey: { key: string; models?: readonly string[] } | undefined,
  admin: ProvisionerClient | undefined,
): Promise<Probe[]> {
  const asked = cheapestOfEach(models);
  const ask = (key: string, questions = asked) =>
    Promise.all(questions.map(([provider, { name }]) => probe(gateway, provider, name, key)));
  if (apiKey) {
    const allowed = models.filter(({ name }) => !apiKey.models || apiKey.models.includes(name));
    const answers = await ask(apiKey.key, cheapestOfEach(allowed));
    // A key that is refused itself says nothing about the providers.
    if (!admin || answers.some(({ status, type }) => status === 200 || !isAboutTheKey(type))) return answers;
    return [...answers, ...(await withOwnKey(admin, asked, ask))];
  }
  return admin ? withOwnKey(admin, asked, ask) : [];
}

/** Others' requests may have started the next cooldown meanwhile. */
const COOLDOWN_ATTEMPTS = 3;

type Question = readonly [provider: string, model: ServedModel];

function cheapestOfEach(models: readonly ServedModel[]): Question[] {
  const cheapest = new Map<string, ServedModel>();
  for (const model of models) {
    const { provider, prices } = model.routes[0];
    const known = cheapest.get(provider);
    if (!known || prices.output < known.routes[0].prices.output) cheapest.set(provider, model);
  }
  return [...cheapest];
}

/** Refusals that concern the key, not the model or its provider. */
export const isAboutTheKey = (type: string): boolean =>
  ['token_not_found_in_db', 'auth_error', 'expired_key', 'budget_exceeded', 'throttling_error'].includes(type) ||
  type.endsWith('_model_access_denied');

async function withOwnKey(
  admin: ProvisionerClient,
  asked: readonly Question[],
  ask: (key: string) => Promise<Probe[]>,
): Promise<Probe[]> {
  const subject = `gateway-doctor-${process.pid.toString(36)}-${Date.now().toString(36)}`;
  const request = {
    scope: 'ci' as const,
    subject,
    duration: '10m',
    max_budget: 0.1,
    models: asked.map(([, { name }]) => name),
  };
  const issuing = admin.create(request).catch(() => undefined);
  const remove = async () => {
    const issued = await issuing;
    if (issued) await admin.delete(issued.name).catch(() => undefined);
  };
  return cleaningUp(remove, async () => {
    const issued = await issuing;
    // Other symptoms tell why no key can be made.
    if (!issued) return [];
    return ask(issued.key).finally(remove);
  });
}

/** After failures LiteLLM does not ask a deployment for some seconds, and answers this itself. */
export const isCooldown = (type: string): boolean => type === 'all_deployments_in_cooldown';

/** Where others' requests keep a model in cooldown, the log has what its provider said to them. */
export function explained(probe: Probe, log: string): Probe {
  if (!isCooldown(probe.type)) return probe;
  const failure = new RegExp(`litellm\\.\\w+: .*${probe.provider.replace('_', '_?')}.*`, 'i');
  const [said] = log
    .split('\n')
    .map((line) => failure.exec(line)?.[0])
    .filter(Boolean)
    .slice(-1);
  return said ? { ...probe, message: `in cooldown after ${said}` } : probe;
}

/** Asks again after a cooldown, since only the provider's own answer says what is wrong. */
async function probe(gateway: GatewayClient, provider: string, model: string, key: string): Promise<Probe> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await probeOnce(gateway, provider, model, key);
    if (!isCooldown(answer.type) || attempt === COOLDOWN_ATTEMPTS) return answer;
    const seconds = Number(/Try again in (\d+)/.exec(answer.message)?.[1] ?? 5);
    await setTimeout((Math.min(seconds, 10) + 0.5) * 1000);
  }
}

async function probeOnce(gateway: GatewayClient, provider: string, model: string, key: string): Promise<Probe> {
  const body = { model, max_tokens: 16, messages: [{ role: 'user', content: 'Say hi.' }] };
  let answer: Answer;
  try {
    answer = await gateway.post('/v1/chat/completions', body, key, 60_000);
  } catch (error) {
    return { provider, model, status: 0, type: '', message: (error as Error).message };
  }
  if (answer.status === 200) return { provider, model, status: 200, type: '', message: '' };
  return { provider, model, status: answer.status, ...errorOf(answer) };
}
