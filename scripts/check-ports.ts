/**
 * Whether the host's ports that a plan wants are free: `node --import tsx scripts/check-ports.ts <plan.json>`. Docker would
 * find out half-way through the apply. A port that a container holds already is its own; another machine's are not looked at.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { publishesHere, takenPorts } from '../constructs/docker/taken-ports';
import { plainErrors } from '../plain-errors';
import { Problem } from '../runtime/problem';

const containerSchema = z.object({
  name: z.string().optional(),
  ports: z.array(z.object({ external: z.number(), ip: z.string() })).nullish(),
});
const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          before: containerSchema.nullish(),
          after: containerSchema.nullish(),
        }),
      }),
    )
    .default([]),
  configuration: z.object({
    provider_config: z.object({
      docker: z.object({ expressions: z.object({ host: z.object({ constant_value: z.string() }) }) }),
    }),
  }),
});

async function main(file: string): Promise<void> {
  const plan = read(file);
  const { constant_value: daemon } = plan.configuration.provider_config.docker.expressions.host;
  if (!publishesHere(daemon)) return;
  const changes = plan.resource_changes.filter(({ type }) => type === 'docker_container').map(({ change }) => change);
  const portsOf = (container: z.infer<typeof containerSchema> | null | undefined) =>
    (container?.ports ?? []).map(({ external, ip }) => ({
      container: container?.name ?? 'a container',
      bind: ip,
      port: external,
    }));
  const problems = await takenPorts(
    changes.filter(({ actions }) => actions.includes('create')).flatMap(({ after }) => portsOf(after)),
    // A port may also move from one container to another.
    changes.flatMap(({ before }) => portsOf(before)),
  );
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

/** @throws Problem where it is no plan */
function read(file: string): z.infer<typeof planSchema> {
  const usage = 'name what `terraform show -json` wrote: node --import tsx scripts/check-ports.ts plan.json';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Problem(`"${file}" ${code ? `cannot be read (${code})` : 'is not valid JSON'}; ${usage}`);
  }
  const plan = planSchema.safeParse(content);
  if (!plan.success)
    throw new Problem(`"${file}" is no plan of this project (${plan.error.issues[0]?.path.join('.')}); ${usage}`);
  return plan.data;
}

plainErrors('check-ports');
void main(process.argv[2] ?? '');
