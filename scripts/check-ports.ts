/**
 * Whether the host's ports that a plan wants are free: `node --import tsx scripts/check-ports.ts <plan.json>`. Docker would
 * find out half-way through the apply. A port that a container holds already is its own; another machine's are not looked at.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { publishesHere, takenPorts } from '../constructs/docker/taken-ports';

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
  const plan = planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
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

void main(process.argv[2] ?? '');
