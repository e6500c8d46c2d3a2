import type { GatewayConfiguration } from '../configuration';
import type { LiteLLMClient } from '../litellm/client';
import type { UserRow } from '../litellm/schema';

/**
 * People are LiteLLM users whose budget caps all their keys together. The id is Coder's id of the person: a name can
 * change, and a rename must not buy a new budget.
 */
export class People {
  private readonly policy: GatewayConfiguration['policies']['person'];

  constructor(
    private readonly litellm: LiteLLMClient,
    configuration: GatewayConfiguration,
  ) {
    this.policy = configuration.policies.person;
  }

  /** Names the policy; noted on each key, so that a start need not ask LiteLLM about the person. */
  get policyMark(): string {
    return `${this.policy.max_budget}/${this.policy.budget_duration}`;
  }

  /** Makes sure that LiteLLM knows the person with the current cap. A key without that row would have no cap at all. */
  async ensure(id: string, username: string | null): Promise<void> {
    const { max_budget, budget_duration } = this.policy;
    const created = await this.litellm.createUser({
      user_id: id,
      ...(username ? { user_alias: username } : {}),
      max_budget,
      budget_duration,
    });
    if (created) return;
    const user = await this.litellm.userInfo(id);
    if (user?.max_budget === max_budget && user.budget_duration === budget_duration) return;
    await this.litellm.updateUser({
      user_id: id,
      max_budget,
      // Sent only where it differs: LiteLLM begins a new window with it.
      ...(user?.budget_duration === budget_duration ? {} : { budget_duration }),
    });
  }

  find(id: string): Promise<UserRow | undefined> {
    return this.litellm.userInfo(id);
  }
}
