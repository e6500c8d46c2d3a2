import { day, usd } from '../../terminal/output';
import { type KeyFacts, NO_KEY_NAMED } from '../key-facts';
import type { Probe } from '../probe';
import { DEPLOY, type Diagnosis, foundIf, type Symptom, step } from '../symptom';

const SPENT = ['billing_error', 'budget_exceeded'];
/** What a refusal for a person's budget holds: the gateway's words, and LiteLLM's. */
const OF_A_PERSON = /your budget over all workspaces|User=/;

/** The key, or its user over all keys, has spent its budget. */
export const budgetExhausted: Symptom = {
  id: 'budget-exhausted',
  title: 'requests fail with 429 "the budget … is used up" (422 "budget has been exceeded" on older versions)',
  detection:
    "the key's spend against its budget, its user's against theirs, and the type of a refusal (`billing_error`, `budget_exceeded` on older versions)",
  causes: ['the key has spent its budget', 'its user has spent theirs, over all keys'],
  detect: async (doctor) => {
    const keys = await doctor.keys();
    const probes = await doctor.probes();
    const refused = doctor.props.apiKey ? probes.find(({ type }) => SPENT.includes(type)) : undefined;
    if (keys.length === 0 && !refused) return NO_KEY_NAMED;
    return foundIf(keys.flatMap((key) => diagnose(key, key.source === 'GATEWAY_API_KEY' ? refused : undefined)));
  },
};

/** @param refused a request with this key that was refused for a budget */
function diagnose({ source, info }: KeyFacts, refused: Probe | undefined): Diagnosis[] {
  if (!info) return [];
  const userIsOver = info.person != null && info.person.spend >= info.person.max_budget;
  if (info.spend < info.max_budget && !userIsOver && !refused) return [];
  const byUser = userIsOver || OF_A_PERSON.test(refused?.message ?? '');
  const reset = byUser && info.person ? info.person.budget_reset_at : info.budget_reset_at;
  return [
    {
      cause: byUser
        ? `the user of ${info.name} has spent their budget over all keys`
        : `${info.name} has spent its budget`,
      evidence: [
        `${source}: ${usd(info.spend)} of ${usd(info.max_budget)} (up to 17 s behind)`,
        ...(info.person ? [`its user: ${usd(info.person.spend)} of ${usd(info.person.max_budget)}`] : []),
        ...(refused ? [`a request with it: ${refused.status} ${refused.type}`] : []),
      ],
      fix: [
        step(`Wait until ${reset ? day(reset) : 'the next window'}, when the spend is reset to zero.`),
        byUser
          ? step('Or raise policies.person.max_budget in gateway.yaml and deploy:', DEPLOY)
          : step('Or reset it now:', `gateway keys reset-spend ${info.name}`),
      ],
    },
  ];
}
