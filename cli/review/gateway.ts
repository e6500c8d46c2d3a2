import { code, type Finding, findingsOf, type Severity } from './finding';
import { type Synthesized, same } from './synthesized';

const finding = findingsOf('gateway');

/** Settings whose change means more than its value says: `[severity, meaning]` for each new value worth a sentence. */
const MEANINGS: Record<string, (value: unknown) => [Severity, string] | undefined> = {
  turn_off_message_logging: (value) =>
    value === true ? ['info', 'prompts are kept out of logs'] : ['high', 'prompts and answers may reach logs'],
  store_prompts_in_spend_logs: (value) =>
    value ? ['high', 'prompts and answers are stored in the database'] : ['info', 'prompts are no longer stored'],
  allow_requests_on_db_unavailable: (value) =>
    value
      ? ['high', 'without the database, requests pass unchecked by any budget']
      : ['low', 'without the database, requests are refused'],
  disable_spend_logs: (value) =>
    value ? ['high', 'spend is no longer logged: nobody can tell who spent what'] : ['info', 'spend is logged'],
  master_key: () => ['high', "LiteLLM's admin key comes from another place"],
  database_url: () => ['high', 'LiteLLM uses another database: keys and spend stay behind'],
  drop_params: (value) =>
    value ? undefined : ['medium', 'parameters a model does not know are answered with 400; agents send such'],
  modify_params: (value) =>
    value ? undefined : ['medium', 'conversations with tool calls fail on Bedrock after a compaction'],
  request_timeout: () => ['low', 'agent turns that take longer are cut'],
};

/** What LiteLLM and the key-provisioner do differently, apart from models and policies. */
export function compareGateway(before: Synthesized, after: Synthesized): Finding[] {
  const found: Finding[] = [];
  for (const section of ['general_settings', 'litellm_settings', 'router_settings'] as const) {
    const [was, is] = [before.proxy[section], after.proxy[section]];
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      // Follows from the policies, or is told with the models.
      if (key === 'upperbound_key_generate_params' || key === 'fallbacks' || same(was[key], is[key])) continue;
      const [severity, meaning] = MEANINGS[key]?.(is[key]) ?? ['low', ''];
      found.push(
        finding(severity, `${code(`${section}.${key}`)} ${change(was[key], is[key])}${meaning ? `: ${meaning}` : ''}`),
      );
    }
  }
  return [...found, ...provisioner(before, after)];
}

function provisioner({ gateway: was }: Synthesized, { gateway: is }: Synthesized): Finding[] {
  const found: Finding[] = [];
  if (was.confirm_workspaces !== is.confirm_workspaces) {
    found.push(
      is.confirm_workspaces
        ? finding('info', 'Coder is asked about a workspace before it gets a key; that needs `coder_token`')
        : finding(
            'high',
            'workspaces are no longer confirmed with Coder: a workspace that was deleted can still get a key',
          ),
    );
  }
  if (was.reconcile_interval_s !== is.reconcile_interval_s) {
    found.push(
      is.reconcile_interval_s === 0
        ? finding('high', 'keys of deleted workspaces are no longer looked for: they work until they expire')
        : finding(
            'low',
            `keys of deleted workspaces are looked for every ${is.reconcile_interval_s} s instead of every ${was.reconcile_interval_s} s`,
          ),
    );
  }
  const gained = is.agents.filter((agent) => !was.agents.includes(agent));
  const lost = was.agents.filter((agent) => !is.agents.includes(agent));
  if (gained.length > 0) found.push(finding('low', `workspaces may use ${code(...gained)}`));
  if (lost.length > 0) found.push(finding('medium', `workspaces may no longer use ${code(...lost)}`));
  return found;
}

function change(was: unknown, is: unknown): string {
  if (was === undefined) return `is set to ${code(JSON.stringify(is))}`;
  if (is === undefined) return `is no longer ${code(JSON.stringify(was))}`;
  return `changes from ${code(JSON.stringify(was))} to ${code(JSON.stringify(is))}`;
}
