import { readFileSync } from 'node:fs';
import { run } from './run';

/**
 * Megabytes that a process and all its descendants take. On Linux pages that several of them share count once
 * (proportional set size); elsewhere they count for each.
 */
export async function memoryOf(pid: number): Promise<number> {
  const table = await run('ps', ['-e', '-o', 'pid=,ppid=,rss=']);
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([pid]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const [child, parent] of rows) if (family.has(parent)) family.add(child);
  }
  const kilobytes = rows
    .filter(([id]) => family.has(id))
    .reduce((sum, [id, , resident]) => sum + (proportional(id) ?? resident), 0);
  return Math.round(kilobytes / 1024);
}

function proportional(pid: number): number | undefined {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
