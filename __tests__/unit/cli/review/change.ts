import type { Plan } from '../../../../cli/review/plan';
import type { KeyCounts } from '../../../../cli/review/policies';
import type { Attributes, Synthesized } from '../../../../cli/review/synthesized';

/** A synthesized result that a change may write to. */
export interface Draft {
  proxy: Synthesized['proxy'];
  gateway: Synthesized['gateway'];
  platform: Synthesized['platform'];
  workspace: Synthesized['workspace'];
  parameters: string;
}

/** One real change: what synth writes differently, and what the reviewer knows besides. */
export interface Change {
  readonly what: string;
  readonly apply: (draft: Draft) => void;
  readonly keys?: KeyCounts;
  readonly plan?: Plan;
}

/** A container of the platform stack, to be written to. */
// biome-ignore lint/suspicious/noExplicitAny: fixtures write into JSON
export const container = (draft: Draft, id: string): any =>
  draft.platform.resource['docker_container']?.[id] as Attributes;

/** The routes of one model name. */
export const routes = (draft: Draft, name: string) =>
  draft.proxy.model_list.filter((entry) => entry.model_name === name);
