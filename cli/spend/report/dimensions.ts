import { InvalidArgumentError } from 'commander';

/** What spend can be summed by. A group is LiteLLM's team. */
export const DIMENSIONS = ['person', 'group', 'model', 'provider', 'day', 'workspace', 'key'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The columns of LiteLLM's ledger that decide a dimension. */
const COLUMNS: Readonly<Record<Dimension, string>> = {
  person: `coalesce("user", '')`,
  group: `coalesce(team_id, '')`,
  // A name that is not served has no group of deployments, only what was asked for.
  model: `coalesce(nullif(model_group, ''), model)`,
  provider: `coalesce(custom_llm_provider, '')`,
  day: `to_char("startTime", 'YYYY-MM-DD')`,
  workspace: 'api_key',
  key: 'api_key',
};

/** The expression of SQL whose values are summed apart. */
export const columnOf = (dimension: Dimension): string => COLUMNS[dimension];

/** One dimension, or several with commas between them. */
export function dimensionsArgument(value: string): Dimension[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !DIMENSIONS.some((dimension) => dimension === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      `"${unknown}" is none of ${DIMENSIONS.join(', ')}; several are given with commas, such as person,model.`,
    );
  }
  if (new Set(names).size !== names.length) throw new InvalidArgumentError('Each may be named once.');
  return names as Dimension[];
}
