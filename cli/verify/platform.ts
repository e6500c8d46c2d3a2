import { z } from 'zod';
import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import { SCOPES } from '../../settings/schema';
import { provisionerUrl } from '../context';
import { CliError, EXIT } from '../errors';
import { errorOf } from '../gateway-client';
import { ProvisionerClient, RefusedError } from '../provisioner-client';
import { type Bench, type Check, fail, type Outcome, pass, skip } from './check';

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The services themselves: that they answer, agree with the catalog, issue keys and refuse strangers. */
export const platformChecks: readonly Check[] = [
  {
    title: 'the gateway answers',
    needs: [],
    provides: 'gateway',
    run: async ({ gateway }) => {
      const { status } = await gateway.get('/health/liveliness', undefined, 10_000);
      return status === 200 ? pass(gateway.url) : fail(`${gateway.url} answers with ${status}; is it LiteLLM?`);
    },
  },
  {
    title: 'the gateway reaches its database',
    needs: ['gateway'],
    run: async ({ gateway }) => {
      const { status, json } = await gateway.get('/health/readiness');
      const db = (json as { db?: string } | undefined)?.db;
      return status === 200 && db === 'connected'
        ? pass()
        : fail(`readiness says ${status}, database ${db ?? 'unknown'}`);
    },
  },
  {
    title: 'the key-provisioner answers',
    needs: [],
    provides: 'provisioner',
    run: async ({ stranger }) => {
      await stranger.health();
      return pass();
    },
  },
  {
    title: 'the key-provisioner reaches the gateway',
    needs: ['provisioner'],
    run: async ({ stranger }) => {
      const { litellm } = await stranger.ready();
      return litellm === undefined || litellm === 'ready' ? pass() : fail(`it says the gateway is ${litellm}`);
    },
  },
  { title: 'a key is issued', needs: ['provisioner', 'gateway'], provides: 'key', run: issueKey },
  {
    title: 'the gateway serves the models of the catalog',
    needs: ['key'],
    // As far as this key sees. What LiteLLM serves beyond the catalog only its master key could list, which this program
    // never uses; and no key may use such a model, since every key has a list of models from the catalog.
    run: async ({ gateway, key, models, allowed }) => {
      const answer = await gateway.get('/v1/models', key);
      const parsed = modelsSchema.safeParse(answer.json);
      if (answer.status !== 200 || !parsed.success) return fail(`${answer.status}: ${errorOf(answer).message}`);
      const served = parsed.data.data.map(({ id }) => id);
      const expected = models.map(({ name }) => name).filter((name) => !allowed || allowed.includes(name));
      const missing = expected.filter((name) => !served.includes(name));
      const surplus = served.filter((id) => !models.some(({ name }) => name === id));
      if (missing.length > 0)
        return fail(
          `not served: ${missing.join(', ')}; deployed from other settings? run \`make plan && make deploy\``,
        );
      if (surplus.length > 0)
        return fail(`served, but not in the catalog: ${surplus.join(', ')}; run \`make plan && make deploy\``);
      return pass(allowed ? `the ${served.length} that this key may use` : `${served.length} models`);
    },
  },
  {
    title: 'an invented key is refused',
    needs: ['gateway'],
    run: async ({ gateway }) => expectStatus(await gateway.get('/v1/models', 'sk-invented-by-gateway-verify'), [401]),
  },
  {
    title: 'a key is refused a model it may not use',
    needs: ['key'],
    run: async ({ gateway, key }) =>
      expectStatus(await gateway.post('/v1/chat/completions', { ...HELLO, model: 'no-such-model' }, key), [400, 403]),
  },
  {
    title: 'a key cannot manage keys',
    needs: ['key'],
    run: async ({ gateway, key }) => expectStatus(await gateway.get('/key/list', key), [401, 403]),
  },
  {
    title: 'the admin API refuses a stranger',
    needs: ['provisioner'],
    run: async ({ stranger }) => expectRefusal(stranger.list(), [401, 403]),
  },
];

const HELLO = { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 64 };

function expectStatus(answer: { status: number }, expected: readonly number[]): Outcome {
  return expected.includes(answer.status)
    ? pass(`${answer.status}`)
    : fail(`expected ${expected.join(' or ')}, got ${answer.status}`);
}

async function expectRefusal(attempt: Promise<unknown>, expected: readonly number[]): Promise<Outcome> {
  try {
    await attempt;
    return fail('it was let in');
  } catch (error) {
    if (error instanceof RefusedError) return expectStatus(error, expected);
    throw error;
  }
}

/** A key for these checks: short-lived, with just enough budget, deleted at the end. */
async function issueKey(bench: Bench): Promise<Outcome> {
  if (bench.key) {
    // A key it does not know is refused by the checks that use it.
    const models = await new ProvisionerClient(bench.key, provisionerUrl(bench.settings)).ownKey().then(
      (info) => info.models,
      () => [],
    );
    if (models.length > 0) bench.allowed = models;
    return skip('GATEWAY_API_KEY is used instead');
  }
  if (!bench.provisioner)
    return skip('no admin credential (GATEWAY_ADMIN_TOKEN or secrets.tfvars) and no GATEWAY_API_KEY');
  const policies = SCOPES.map((scope) => bench.settings.policies[scope]);
  let issued: IssuedKey;
  try {
    bench.making = makeKey(bench.provisioner, {
      models: bench.models.map((model) => model.name),
      // Within what LiteLLM allows any key; twice the estimate, since a budget is checked before a call is paid.
      max_budget: Math.min(
        Math.max(0.5, 2 * bench.costs),
        ...[Math.max(...policies.map((policy) => policy.max_budget))],
      ),
      rpm_limit: Math.max(...policies.map((policy) => policy.rpm_limit)),
    });
    issued = await bench.making;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 422) throw error;
    return fail(`${error.message}; was it deployed from other settings? \`make plan && make deploy\` brings these`);
  }
  bench.key = issued.key;
  return pass(`${issued.name}, for an hour, deleted at the end`);
}

function makeKey(provisioner: ProvisionerClient, limits: { models: string[]; max_budget: number; rpm_limit: number }) {
  const subject = `gateway-verify-${process.pid.toString(36)}-${Date.now().toString(36)}`;
  return provisioner.create({ scope: 'ci', subject, duration: '1h', ...limits });
}

/** Takes the key of the checks away again. */
export async function cleanUp(bench: Bench): Promise<void> {
  const made = await bench.making?.catch(() => undefined);
  if (!made || !bench.provisioner) return;
  bench.making = undefined;
  try {
    await bench.provisioner.delete(made.name);
  } catch (error) {
    throw new CliError(
      `the key "${made.name}" of these checks could not be deleted: ${(error as Error).message}`,
      EXIT.refused,
      `gateway keys delete ${made.name}; it expires in an hour in any case`,
    );
  }
}
