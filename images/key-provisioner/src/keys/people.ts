import type { GatewayConfiguration } from '../configuration';
import type { LiteLLMClient } from '../litellm/client';
import type { UserRow } from '../litellm/schema';

/** People requested with one call: ids are up to 128 characters, and all of them are in one URL. */
const PEOPLE_PER_CALL = 50;

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
    const changes = this.changes(await this.litellm.userInfo(id));
    if (Object.keys(changes).length > 0) await this.litellm.updateUser({ user_id: id, ...changes });
  }

  /** The fields in which a person differs from the policy. The window is sent only then: LiteLLM begins a new one with it. */
  changes(user: UserRow | undefined): Partial<GatewayConfiguration['policies']['person']> {
    const { max_budget, budget_duration } = this.policy;
    return {
      ...(user?.max_budget === max_budget ? {} : { max_budget }),
      ...(user?.budget_duration === budget_duration ? {} : { budget_duration }),
    };
  }

  /** Those of these people whom LiteLLM knows, by id. */
  async findAll(ids: readonly string[]): Promise<Map<string, UserRow>> {
    const found = new Map<string, UserRow>();
    const together = ids.filter((id) => /^[\w.@-]+$/.test(id));
    for (let start = 0; start < together.length; start += PEOPLE_PER_CALL) {
      const users = await this.litellm.listUsers(together.slice(start, start + PEOPLE_PER_CALL));
      for (const user of users) found.set(user.user_id, user);
    }
    const single = ids.filter((id) => !together.includes(id));
    for (const id of single) {
      const user = await this.litellm.userInfo(id);
      if (user) found.set(id, user);
    }
    return found;
  }

  find(id: string): Promise<UserRow | undefined> {
    return this.litellm.userInfo(id);
  }
}
