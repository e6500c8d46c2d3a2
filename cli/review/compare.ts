import type { Path } from './changes';
import { Comparison, type KeyCounts, type Synthesized } from './comparison';
import { type Finding, findingsOf, SEVERITIES } from './finding';
import { type Plan, readPlan } from './plan';
import { compareTerraform } from './terraform/compare';
import { compareData } from './values/data';
import { compareDefaults } from './values/defaults';
import { compareGateway } from './values/gateway';
import { compareImages } from './values/images';
import { compareKubernetes } from './values/kubernetes';
import { compareModels } from './values/models';
import { comparePolicies } from './values/policies';
import { compareProviders } from './values/providers';
import { compareRest } from './values/rest';
import { compareSecrets } from './values/secrets';
import { compareWorkloads } from './values/workloads';
import { compareWorkspace } from './values/workspace';

/** What may be known besides the two synthesized results. */
export interface Knowledge {
  /** @default - one key of each scope */
  readonly keys?: KeyCounts;
  /** @default - what runs is not looked at */
  readonly plan?: Plan;
}

/** Each tells of a part of the descriptions; none knows another. */
const VALUES = [
  compareModels,
  compareDefaults,
  comparePolicies,
  compareGateway,
  compareProviders,
  compareWorkloads,
  compareImages,
  compareData,
  compareKubernetes,
  compareSecrets,
  compareWorkspace,
];

/** Everything that a change means, risks first. A pure function: equal results have no findings. */
export function compare(before: Synthesized, after: Synthesized, { keys, plan }: Knowledge = {}): Finding[] {
  const comparison = new Comparison(before, after, keys);
  const values = VALUES.flatMap((each) => each(comparison));
  const described = [...values, ...compareRest(comparison, values)];
  const found = [
    ...notCompared(before),
    ...described,
    ...compareTerraform(comparison, described),
    ...(plan ? readPlan(plan) : []),
  ];
  return merged(found)
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => rank(a.finding) - rank(b.finding) || a.index - b.index)
    .map(({ finding }) => finding);
}

function notCompared({ notCompared: sentences = [] }: Synthesized): Finding[] {
  return sentences.map((sentence) => findingsOf('base')('medium', 'not-compared', sentence));
}

/** The same sentence once, with the places of all that said it. */
function merged(found: readonly Finding[]): Finding[] {
  const paths = new Map<string, Path[]>();
  for (const finding of found) paths.set(finding.text, [...(paths.get(finding.text) ?? []), ...finding.paths]);
  return found
    .filter(({ text }, index) => found.findIndex((other) => other.text === text) === index)
    .map((finding) => ({ ...finding, paths: paths.get(finding.text) ?? [] }));
}

const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
