/**
 * Whether the host's ports that a plan wants are free: `node --import tsx scripts/check-ports.ts <plan.json>`. Docker would
 * find out half-way through the apply. A port that a container holds already is its own; another machine's are not looked at.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { z } from 'zod';

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

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen({ host, port, exclusive: true });
  try {
    await once(server, 'listening');
    server.close();
    return true;
  } catch (error) {
    // An address that this machine does not have is Docker's to judge.
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE';
  }
}

async function main(file: string): Promise<void> {
  const plan = planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { constant_value: daemon } = plan.configuration.provider_config.docker.expressions.host;
  if (!/^(unix|npipe):/.test(daemon)) return;
  const containers = plan.resource_changes.filter(({ type }) => type === 'docker_container');
  // A port may also move from one container to another.
  const held = new Set(
    containers.flatMap(({ change }) => change.before?.ports ?? []).map(({ external, ip }) => `${ip} ${external}`),
  );
  for (const { change } of containers) {
    if (!change.actions.includes('create')) continue;
    for (const { external, ip } of change.after?.ports ?? []) {
      if (held.has(`${ip} ${external}`) || (await isFree(ip, external))) continue;
      console.error(
        `port ${external} on ${ip}, meant for ${change.after?.name ?? 'a container'}, is taken; end what listens there (ss -ltnp), or choose another port in gateway.yaml`,
      );
      process.exitCode = 1;
    }
  }
}

void main(process.argv[2] ?? '');
