import { z } from 'zod';
import type { IssuedKey } from '../../images/key-provisioner/src/contract';
import { SCOPES } from '../../settings/schema';
import { CliError, EXIT } from '../errors';
import { errorOf } from '../gateway-client';
import { type ProvisionerClient, RefusedError } from '../provisioner-client';
import { temporarySubject } from '../temporary-key';
import { type Check, type CheckContext, fail, type Outcome, pass, skip, unauthenticated } from './check';

const LIVENESS_TIMEOUT_MS = 10_000;

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The services themselves: that they answer, match the catalog, issue keys and refuse what is not authenticated. */
export const platformChecks: readonly Check[] = [
  {
    title: 'the gateway answers',
    needs: [],
    provides: 'gateway',
    run: async ({ gateway }) => {
      const { status } = await gateway.get('/health/liveliness', undefined, LIVENESS_TIMEOUT_MS);
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
        : fail(`readiness answers ${status}, database ${db ?? 'unknown'}`);
    },
  },
  {
    title: 'the key-provisioner answers',
    needs: [],
    provides: 'provisioner',
    run: async (context) => {
      await unauthenticated(context).health();
      return pass();
    },
  },
  {
    title: 'the key-provisioner reaches the gateway',
    needs: ['provisioner'],
    run: async (context) => {
      const { litellm } = await unauthenticated(context).ready();
      return litellm === undefined || litellm === 'ready' ? pass() : fail(`it says the gateway is ${litellm}`);
    },
  },
  { title: 'a key is issued', needs: ['provisioner', 'gateway'], provides: 'key', run: issueKey },
  {
    title: 'the gateway serves the models of the catalog',
    needs: ['key'],
    // As far as this key sees. Only the master key, which this program never uses, could list what LiteLLM serves beyond the
    // catalog; and no key may use such a model, since every key has a list of models from the catalog.
    run: async ({ gateway, key, models, allowed }) => {
      const answer = await gateway.get('/v1/models', key);
      const parsed = modelsSchema.safeParse(answer.json);
      if (answer.status !== 200 || !parsed.success) return fail(`${answer.status}: ${errorOf(answer).message}`);
      const served = parsed.data.data.map(({ id }) => id);
      const expected = models.map(({ name }) => name).filter((name) => !allowed || allowed.includes(name));
      const missing = expected.filter((name) => !served.includes(name));
      const unexpected = served.filter((id) => !models.some(({ name }) => name === id));
      if (missing.length > 0)
        return fail(
          `not served: ${missing.join(', ')}; deployed from other settings? run \`make plan && make deploy\``,
        );
      if (unexpected.length > 0)
        return fail(`served, but not in the catalog: ${unexpected.join(', ')}; run \`make plan && make deploy\``);
      return pass(allowed ? `the ${served.length} that this key may use` : `${served.length} models`);
    },
  },
  {
    title: 'an invented key is refused',
    needs: ['gateway'],
    run: async ({ gateway }) => expectStatus(await gateway.get('/v1/models', 'sk-invented-by-gateway-verify'), [401]),
  },
  {
    title: 'a key cannot use models that it is not allowed',
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
    title: 'the admin API refuses requests without a valid credential',
    needs: ['provisioner'],
    run: async (context) => expectRefusal(unauthenticated(context).list(), [401, 403]),
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
    return fail('it was accepted');
  } catch (error) {
    if (error instanceof RefusedError) return expectStatus(error, expected);
    throw error;
  }
}

/** A key for these checks: short-lived, with just enough budget, deleted at the end. */
async function issueKey(context: CheckContext): Promise<Outcome> {
  if (context.key) {
    // A key that it does not know makes the checks fail that use it.
    const models = await context
      .provisioner(context.key)
      .ownKey()
      .then(
        (info) => info.models,
        () => [],
      );
    if (models.length > 0) context.allowed = models;
    return skip('GATEWAY_API_KEY is used instead');
  }
  if (!context.adminToken)
    return skip('no admin credential (GATEWAY_ADMIN_TOKEN or secrets.tfvars) and no GATEWAY_API_KEY');
  const policies = SCOPES.map((scope) => context.settings.policies[scope]);
  let issued: IssuedKey;
  try {
    context.issuing = issueTemporaryKey(context.provisioner(context.adminToken), {
      models: context.models.map((model) => model.name),
      // Within what LiteLLM allows any key; twice the estimate, since a budget is checked before a request is charged.
      max_budget: Math.min(
        Math.max(0.5, 2 * context.estimatedUsd),
        Math.max(...policies.map((policy) => policy.max_budget)),
      ),
      rpm_limit: Math.max(...policies.map((policy) => policy.rpm_limit)),
    });
    issued = await context.issuing;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 422) throw error;
    return fail(`${error.message}; was it deployed from other settings? \`make plan && make deploy\` deploys these`);
  }
  context.key = issued.key;
  return pass(`${issued.name}, valid for an hour, deleted at the end`);
}

function issueTemporaryKey(
  provisioner: ProvisionerClient,
  limits: { models: string[]; max_budget: number; rpm_limit: number },
): Promise<IssuedKey> {
  return provisioner.create({ scope: 'ci', subject: temporarySubject('verify'), duration: '1h', ...limits });
}

/** Deletes the key that was issued for the checks. */
export async function cleanUp(context: CheckContext): Promise<void> {
  const issued = await context.issuing?.catch(() => undefined);
  if (!issued || !context.adminToken) return;
  delete context.issuing;
  try {
    await context.provisioner(context.adminToken).delete(issued.name);
  } catch (error) {
    throw new CliError(
      `the key "${issued.name}" of these checks could not be deleted: ${(error as Error).message}`,
      EXIT.refused,
      `run \`gateway keys delete ${issued.name}\`; it expires within an hour in any case`,
    );
  }
}
