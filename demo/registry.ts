import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../runtime/processes/run';

const entrySchema = z.object({
  pid: z.int().positive(),
  /** When that process began, as `ps` tells it: a number is used again one day. */
  began: z.string(),
  directory: z.string(),
  keep: z.boolean(),
  ports: z.array(z.int()),
});

/** A demo that runs, or that ended without tidying up. */
export type Entry = z.infer<typeof entrySchema>;

/** Written into each demo's directory; nothing without it is ever removed. */
export const MARKER = 'gateway-demo';

/** The demos of this cache directory: one file each. */
export class Registry {
  private readonly directory: string;

  constructor(cache: string) {
    this.directory = join(cache, 'demos');
  }

  /** Where {@link exclusively} guards the choice of ports. */
  get lockDirectory(): string {
    return this.directory;
  }

  async add(entry: Omit<Entry, 'pid' | 'began'>): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const complete: Entry = { pid: process.pid, began: await beginning(process.pid), ...entry };
    writeFileSync(this.file(process.pid), `${JSON.stringify(complete)}\n`);
  }

  remove(pid = process.pid): void {
    rmSync(this.file(pid), { force: true });
  }

  /** Demos that run. What a crashed one left is removed on the way, unless it was to be kept. */
  async running(): Promise<Entry[]> {
    const alive: Entry[] = [];
    for (const entry of this.entries()) {
      if ((await beginning(entry.pid)) === entry.began) {
        alive.push(entry);
        continue;
      }
      if (!entry.keep && existsSync(join(entry.directory, MARKER))) {
        rmSync(entry.directory, { recursive: true, force: true });
      }
      this.remove(entry.pid);
    }
    return alive;
  }

  private entries(): Entry[] {
    if (!existsSync(this.directory)) return [];
    return readdirSync(this.directory)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        const parsed = entrySchema.safeParse(readJson(join(this.directory, name)));
        return parsed.success ? [parsed.data] : [];
      });
  }

  private file(pid: number): string {
    return join(this.directory, `${pid}.json`);
  }
}

/** Empty where there is no such process. */
async function beginning(pid: number): Promise<string> {
  const text = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } }).catch(
    () => '',
  );
  return text.trim();
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // somebody else's half-written or just removed file
  }
}
