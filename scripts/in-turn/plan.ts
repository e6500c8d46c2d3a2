import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

const values = z.record(z.string(), z.unknown()).nullish();

/** What is read of `terraform show -json` of a plan. */
export const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          before: values,
          after: values,
          after_unknown: z.union([z.boolean(), z.record(z.string(), z.unknown())]).nullish(),
        }),
      }),
    )
    .default([]),
});
export type Plan = z.output<typeof planSchema>;

const FIRST = 'docker_container.litellm';
const FURTHER = /^docker_container\.litellm_(\d+)$/;

/**
 * The containers of LiteLLM that are made or replaced before everything else, one after the other, so that the others serve
 * meanwhile; the first LiteLLM comes last, with the rest of the plan. None where the first does not run, or stays as it is and only
 * one other changes.
 */
export function inTurn({ resource_changes }: Plan): string[] {
  const first = resource_changes.find(({ address }) => address === FIRST)?.change;
  if (!first?.before) return [];
  const further = resource_changes.filter(
    ({ address, change }) => FURTHER.test(address) && change.actions.includes('create'),
  );
  const changing = further.length + (first.actions.includes('delete') ? 1 : 0);
  const number = ({ address }: { address: string }) => Number(FURTHER.exec(address)?.[1]);
  return changing > 1 ? further.sort((a, b) => number(a) - number(b)).map(({ address }) => address) : [];
}

/** Changes of a plan that are not in the one that somebody has read, or are others there. */
export function unread(step: Plan, read: Plan): string[] {
  const known = new Map(read.resource_changes.map(({ address, change }) => [address, change]));
  return step.resource_changes
    .filter(({ change }) => !['no-op', 'read'].includes(change.actions.join()))
    .filter(({ address, change }) => {
      const was = known.get(address);
      return !was || !isDeepStrictEqual(was.actions, change.actions) || !agree(was.after, change.after);
    })
    .map(({ address }) => address);
}

/** Whether what is known in both is the same: ids become known on the way. */
function agree(a: Record<string, unknown> | null | undefined, b: Record<string, unknown> | null | undefined): boolean {
  if (!a || !b) return !a === !b;
  return Object.keys(a).every((name) => !(name in b) || b[name] === undefined || isDeepStrictEqual(a[name], b[name]));
}
