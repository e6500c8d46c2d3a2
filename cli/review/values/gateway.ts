import { same } from '../changes';
import type { Comparison } from '../comparison';
import { code, type Finding, findingsOf, type Severity } from '../finding';

const finding = findingsOf('gateway');

type Meaning = readonly [Severity, string];

/** LiteLLM's settings whose change means more than its value says: `[severity, meaning]` of a new value. */
const MEANINGS: Readonly<Record<string, (value: unknown) => Meaning | undefined>> = {
  turn_off_message_logging: (value) =>
    value === true ? ['info', 'prompts are not written to logs'] : ['high', 'prompts and answers may reach logs'],
  store_prompts_in_spend_logs: (value) =>
    value ? ['high', 'prompts and answers are stored in the database'] : ['info', 'prompts are no longer stored'],
  allow_requests_on_db_unavailable: (value) =>
    value
      ? ['high', 'without the database, requests pass unchecked by any budget']
      : ['low', 'without the database, requests are refused'],
  disable_spend_logs: (value) =>
    value ? ['high', 'spend is no longer logged: who spent what is unknown'] : ['info', 'spend is logged'],
  maximum_spend_logs_retention_period: () => [
    'medium',
    'records of requests that are older are deleted, and no audit of spend reaches further back',
  ],
  disable_end_user_cost_tracking: (value) =>
    value ? undefined : ['medium', 'spend is also booked on names that clients claim'],
  store_model_in_db: (value) => (value ? ['medium', 'models can be added outside this repository'] : undefined),
  callbacks: (value) =>
    JSON.stringify(value ?? '').includes('request_filter')
      ? ['medium', 'these see every request']
      : ['high', 'requests are no longer filtered: clients can steer LiteLLM to other providers and credentials'],
  success_callback: () => ['high', 'these are handed every prompt and answer'],
  failure_callback: () => ['high', 'these are handed every prompt that fails'],
  master_key: () => ['high', "LiteLLM's admin key comes from another place"],
  database_url: () => ['high', 'LiteLLM uses another database: keys and spend stay behind'],
  drop_params: (value) =>
    value ? undefined : ['medium', 'parameters a model does not know are answered with 400; agents send such'],
  modify_params: (value) =>
    value ? undefined : ['medium', 'conversations with tool calls fail on Bedrock after a compaction'],
  request_timeout: () => ['low', 'an agent turn that takes longer is cut off'],
};

/** What LiteLLM and the key-provisioner do differently, apart from models and policies. */
export function compareGateway(comparison: Comparison): Finding[] {
  const settings = (['general', 'settings', 'router'] as const).flatMap((section) => {
    const [was, is] = [comparison.was.litellm[section], comparison.is.litellm[section]];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) => {
      // Follow from the policies, and from request_timeout.
      if (key === 'upperbound_key_generate_params' || (section === 'router' && key === 'timeout')) return [];
      if (same(was[key], is[key])) return [];
      const [severity, meaning] = MEANINGS[key]?.(is[key]) ?? ['low', ''];
      const name = `${section === 'settings' ? 'litellm' : section}_settings.${key}`;
      const text = `${code(name)} ${change(was[key], is[key])}${meaning ? `: ${meaning}` : ''}`;
      return [finding(severity, 'litellm-setting', text, [['litellm', section, key]])];
    });
  });
  return [...settings, ...provisioner(comparison)];
}

function provisioner({ was: { keyProvisioner: was }, is: { keyProvisioner: is } }: Comparison): Finding[] {
  const path = (field: string) => [['keyProvisioner', field]];
  const found: Finding[] = [];
  if (was.confirmWorkspaces !== is.confirmWorkspaces)
    found.push(
      is.confirmWorkspaces
        ? finding(
            'info',
            'confirmation',
            'Coder is asked about a workspace before it gets a key; that needs `coder_token`',
            path('confirmWorkspaces'),
          )
        : finding(
            'high',
            'confirmation',
            'workspaces are no longer confirmed with Coder: a workspace that was deleted can still get a key',
            path('confirmWorkspaces'),
          ),
    );
  if (was.reconcileIntervalSeconds !== is.reconcileIntervalSeconds)
    found.push(
      is.reconcileIntervalSeconds === 0
        ? finding(
            'high',
            'reconciliation',
            'keys of deleted workspaces are no longer looked for: they work until they expire',
            path('reconcileIntervalSeconds'),
          )
        : finding(
            'low',
            'reconciliation',
            `keys of deleted workspaces are looked for every ${is.reconcileIntervalSeconds} s instead of ${was.reconcileIntervalSeconds === 0 ? 'never' : `every ${was.reconcileIntervalSeconds} s`}`,
            path('reconcileIntervalSeconds'),
          ),
    );
  if (was.coderUrl !== is.coderUrl)
    found.push(
      finding(
        'medium',
        'coder-address',
        is.coderUrl
          ? `the key-provisioner asks Coder at ${code(is.coderUrl)} instead of ${was.coderUrl ? code(was.coderUrl) : 'nowhere'}`
          : 'the key-provisioner has no address of Coder: self-service ends, and keys of deleted workspaces are no longer looked for',
        path('coderUrl'),
      ),
    );
  return found;
}

function change(was: unknown, is: unknown): string {
  if (was === undefined) return `is set to ${code(JSON.stringify(is))}`;
  if (is === undefined) return `is no longer ${code(JSON.stringify(was))}`;
  return `changes from ${code(JSON.stringify(was))} to ${code(JSON.stringify(is))}`;
}
