/**
 * Whether the host's ports that a plan wants are free: `node --import tsx scripts/check-ports.ts <plan.json>`. Docker would
 * find out half-way through the apply. Only containers that do not exist yet are looked at; the others hold their own ports.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { z } from 'zod';

const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        type: z.string(),
        change: z.object({
          actions: z.array(z.string()),
          after: z
            .object({
              name: z.string().optional(),
              ports: z.array(z.object({ external: z.number(), ip: z.string() })).nullish(),
            })
            .nullish(),
        }),
      }),
    )
    .default([]),
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
  for (const { type, change } of plan.resource_changes) {
    if (type !== 'docker_container' || change.actions.join() !== 'create') continue;
    for (const { external, ip } of change.after?.ports ?? []) {
      if (await isFree(ip, external)) continue;
      console.error(
        `port ${external} on ${ip}, meant for ${change.after?.name ?? 'a container'}, is taken; end what listens there (ss -ltnp), or choose another port in gateway.yaml`,
      );
      process.exitCode = 1;
    }
  }
}

void main(process.argv[2] ?? '');
