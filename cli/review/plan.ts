import { z } from 'zod';
import { code, type Finding, findingsOf } from './finding';

const plan = findingsOf('plan');
const data = findingsOf('data');

/** What `terraform show -json <plan>` prints, as far as it is needed. */
export const planSchema = z.object({
  format_version: z.string(),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        type: z.string(),
        change: z.object({
          actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])),
          replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
        }),
      }),
    )
    .default([]),
});
export type Plan = z.infer<typeof planSchema>;

/** What applying a plan will do to what runs: the one part that the synthesized files cannot tell. */
export function readPlan({ resource_changes: changes }: Plan): Finding[] {
  const found = changes.flatMap(({ address, type, change: { actions, replace_paths: paths = [] } }) => {
    const deletes = actions.includes('delete');
    const because = [...new Set(paths.map(([first]) => String(first)))];
    if (deletes && type === 'docker_volume') {
      return [
        data(
          'high',
          'volume-lost',
          `the plan ${actions.includes('create') ? 'replaces' : 'deletes'} ${code(address)}: **what it holds is lost**`,
        ),
      ];
    }
    if (deletes && actions.includes('create')) {
      return [
        plan(
          'medium',
          'replaced',
          `${code(address)} is replaced${because.length > 0 ? `, because of ${code(...because)}` : ''}: an interruption while it starts again`,
        ),
      ];
    }
    if (deletes) return [plan('medium', 'deleted', `${code(address)} is deleted`)];
    if (actions.includes('create')) return [plan('info', 'created', `${code(address)} is created`)];
    if (actions.includes('update')) return [plan('info', 'in-place', `${code(address)} is changed in place`)];
    if (actions.includes('forget'))
      return [
        plan(
          'medium',
          'forgotten',
          `${code(address)} is forgotten: it goes on running, and Terraform no longer manages it`,
        ),
      ];
    return [];
  });
  return found.length > 0 ? found : [plan('info', 'no-change', 'the plan changes nothing')];
}
