import { NO_KEY_NAMED } from '../key-facts';
import { foundIf, type Symptom, step } from '../symptom';

/** In the gateway's refusal (`images/litellm/limit_answers.py`). */
const SET_ASIDE = /have set aside what is left of the budget/;

/** Requests under way hold what is left of a budget that is not spent. */
export const budgetSetAside: Symptom = {
  id: 'budget-set-aside',
  title:
    'some of many requests at once fail with 429 "… have set aside what is left of the budget; try again in 5 seconds"',
  detection: 'a request with the key, refused with `rate_limit_error` and this sentence',
  causes: [
    'what the requests under way are expected to cost is more than what is left of the budget of the key, its person or its team',
  ],
  detect: async (doctor) => {
    if (!doctor.props.apiKey) return NO_KEY_NAMED;
    const refused = (await doctor.probes()).filter(({ message }) => SET_ASIDE.test(message));
    return foundIf(
      refused.slice(0, 1).map(({ status, type, model }) => ({
        cause:
          'no money is gone: requests of this key or its person that are under way hold what is left of the budget',
        evidence: [`a request for ${model} with it: ${status} ${type}`],
        fix: [
          step('Wait for the requests under way; agents try again by themselves after 5 seconds.'),
          step(
            'Where it happens often, let fewer run at once (policies.<scope>.max_parallel_requests), or raise the budget.',
          ),
        ],
      })),
    );
  },
};
