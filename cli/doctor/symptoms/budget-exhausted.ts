import { usd } from '../../terminal/output';
import { notExamined, type Symptom } from '../symptom';

/** The key, or its owner over all keys, has spent what it may. */
export const budgetExhausted: Symptom = {
  id: 'budget-exhausted',
  title: 'requests fail with 422 (429 on older versions) "budget has been exceeded"',
  detection:
    "the key's spend against its budget, its owner's against theirs, and the type `budget_exceeded` of a refusal, whatever its status",
  causes: ['the key spent its budget', 'its owner spent theirs over all keys'],
  detect: async (examination) => {
    const keys = await examination.keys();
    const probes = await examination.probes();
    const refused = examination.options.apiKey ? probes.find(({ type }) => type === 'budget_exceeded') : undefined;
    if (keys.length === 0 && !refused) return notExamined('no key was named (GATEWAY_API_KEY, --key or --workspace)');
    return keys.flatMap(({ source, info }) => {
      if (!info) return [];
      const byPerson = info.person != null && info.person.spend >= info.person.max_budget;
      const said =
        refused && source === 'GATEWAY_API_KEY' ? [`a question with it: ${refused.status} ${refused.type}`] : [];
      if (info.spend < info.max_budget && !byPerson && said.length === 0) return [];
      const person = byPerson || (refused?.message.includes('User=') ?? false);
      const reset = person && info.person ? info.person.budget_reset_at : info.budget_reset_at;
      return [
        {
          cause: person
            ? `the owner of ${info.name} has spent their budget over all keys`
            : `${info.name} has spent its budget`,
          evidence: [
            `${source}: ${usd(info.spend)} of ${usd(info.max_budget)} (up to 17 s behind)`,
            ...(info.person ? [`its owner: ${usd(info.person.spend)} of ${usd(info.person.max_budget)}`] : []),
            ...said,
          ],
          fix: [
            `# it starts again on ${reset?.slice(0, 10) ?? 'the next window'}; sooner:`,
            person
              ? '# raise policies.person.max_budget in gateway.yaml, then make plan && make deploy'
              : `gateway keys reset-spend ${info.name}`,
          ],
        },
      ];
    });
  },
};
