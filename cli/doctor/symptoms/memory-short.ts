import { readFileSync } from 'node:fs';
import type { Container } from '../../docker';
import type { Examination } from '../examination';
import type { Diagnosis, Symptom } from '../symptom';

/** Docker remembers for as long as a container lives; what runs well since then is no fault any more. */
const RECENTLY_MS = 24 * 3600 * 1000;

/** Something was ended because it needed more memory than it may have. */
export const memoryShort: Symptom = {
  id: 'memory-short',
  title: 'the gateway disappears under load and comes back',
  detection: "what Docker says and remembers of containers ended for their memory, and the host's available memory",
  causes: ['litellm.memory_mb is too small for the load', 'the host has too little memory for its workspaces'],
  detect: async (examination) => {
    const found: Diagnosis[] = [];
    for (const role of ['litellm', 'edge', 'postgres', 'key-provisioner'] as const) {
      const container = await examination.container(role);
      if (!container) continue;
      const evidence = inspected(container) ?? (await remembered(examination, container));
      if (!evidence) continue;
      const setting = `${role.replace('-', '_')}.memory_mb`;
      found.push({
        cause: `${examination.containerName(role)} was ended because it needed more memory than it may have`,
        evidence: [evidence],
        fix:
          role === 'edge'
            ? [`docker logs --tail 50 ${examination.containerName(role)}   # its limit is fixed; report this`]
            : [`# raise ${setting} in gateway.yaml, then`, 'make plan && make deploy'],
        explains: ['gateway-down', 'database-down', 'provisioner-down'],
      });
    }
    const memory = available();
    if (memory && memory.share < 0.03)
      found.push({
        cause: 'this machine is out of memory',
        evidence: [`/proc/meminfo: ${memory.megabytes} MiB available (${Math.round(memory.share * 100)} %)`],
        fix: ['docker stats --no-stream', '# stop workspaces nobody uses, or give the machine more'],
      });
    return found;
  },
};

/** What the container itself says. Newer versions of Docker forget it when the container starts again. */
function inspected({ State, RestartCount }: Container): string | undefined {
  if (!State.OOMKilled || (State.Running && Date.now() - Date.parse(State.StartedAt) > RECENTLY_MS)) return undefined;
  // It ended and runs again, but did not restart by itself: somebody has seen to it.
  if (State.Running && RestartCount === 0 && !State.FinishedAt.startsWith('0001')) return undefined;
  return `docker inspect: OOMKilled, ${RestartCount} restarts, last ended ${State.FinishedAt.slice(0, 19)}Z`;
}

/** What the daemon remembers: its last few hundred events. A container that somebody started since then counts from zero. */
async function remembered({ docker }: Examination, { Id, RestartCount }: Container) {
  if (RestartCount === 0) return undefined;
  const time = await docker.lastEvent(Id, 'oom');
  return time && `docker events: oom at ${time.slice(0, 19)}Z, ${RestartCount} restarts`;
}

function available(): { megabytes: number; share: number } | undefined {
  try {
    const text = readFileSync('/proc/meminfo', 'utf8');
    const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
    const [free, total] = [of('MemAvailable'), of('MemTotal')];
    return free > 0 && total > 0 ? { megabytes: Math.round(free / 1024), share: free / total } : undefined;
  } catch {
    return undefined;
  }
}
