import { compareContainers } from './containers';
import { type Finding, SEVERITIES } from './finding';
import { compareGateway } from './gateway';
import { compareModels } from './models';
import { compareNetworksAndVolumes } from './networks-and-volumes';
import { type Plan, readPlan } from './plan';
import { comparePolicies, type KeyCounts } from './policies';
import { compareSecrets } from './secrets';
import type { Synthesized } from './synthesized';
import { compareTemplate } from './template';

/** What may be known besides the two synthesized results. */
export interface Knowledge {
  /** @default - one key of each scope */
  readonly keys?: KeyCounts;
  /** @default - what runs is not looked at */
  readonly plan?: Plan;
}

/** Everything a change means, risks first. A pure function. */
export function compare(before: Synthesized, after: Synthesized, { keys = {}, plan }: Knowledge = {}): Finding[] {
  const found = [
    ...compareModels(before, after),
    ...comparePolicies(before, after, keys),
    ...compareGateway(before, after),
    ...[before.platform, before.workspace].flatMap((was, index) => {
      const is = [after.platform, after.workspace][index] ?? was;
      return [...compareContainers(was, is), ...compareNetworksAndVolumes(was, is), ...compareSecrets(was, is)];
    }),
    ...compareTemplate(before, after),
    ...(plan ? readPlan(plan) : []),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => rank(a.finding) - rank(b.finding) || a.index - b.index)
    .map(({ finding }) => finding);
}

const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
