import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../package-root';

/** Facts about the machine that this program runs on. */
export interface Machine {
  /** Free space of a folder's file system, bytes; infinite where it cannot be measured. */
  freeBytes(folder: string): Promise<number>;
  /** Memory that programs can still get; undefined where the system does not say. */
  memory(): { readonly availableMegabytes: number; readonly availableShare: number } | undefined;
  /** Whether the firewall for workspaces is set, as `scripts/workspace-firewall.sh status` says; otherwise what it says instead. */
  firewall(): { readonly set: boolean; readonly message: string };
}

const FIREWALL_SCRIPT = join(PACKAGE_ROOT, 'scripts/workspace-firewall.sh');
const FIREWALL_TIMEOUT_MS = 20_000;

/** This machine. */
export const localMachine: Machine = {
  async freeBytes(folder) {
    const found = await statfs(folder).catch(() => undefined);
    return found ? found.bavail * found.bsize : Number.POSITIVE_INFINITY;
  },
  memory() {
    try {
      const text = readFileSync('/proc/meminfo', 'utf8');
      const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
      const [available, total] = [kilobytes('MemAvailable'), kilobytes('MemTotal')];
      if (!(available > 0 && total > 0)) return undefined;
      return { availableMegabytes: Math.round(available / 1024), availableShare: available / total };
    } catch {
      return undefined;
    }
  },
  firewall() {
    const { status, stderr } = spawnSync(FIREWALL_SCRIPT, ['status'], {
      encoding: 'utf8',
      timeout: FIREWALL_TIMEOUT_MS,
    });
    const lastLine = stderr?.trim().split('\n').at(-1)?.replace('workspace-firewall: ', '');
    return { set: status === 0, message: lastLine || 'the script could not be run' };
  },
};
