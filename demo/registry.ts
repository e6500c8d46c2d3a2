import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { processStart } from '../runtime/processes/process-start';

const entrySchema = z.object({
  pid: z.int().positive(),
  /** When that process started ({@link processStart}): process ids are reused. */
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

  /** Registers the demo of this process, or replaces what is registered of it. */
  async add(entry: Omit<Entry, 'pid' | 'began'>): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const complete: Entry = { pid: process.pid, began: (await processStart(process.pid)) ?? '', ...entry };
    writeFileSync(this.file(process.pid), `${JSON.stringify(complete)}\n`);
  }

  remove(pid = process.pid): void {
    rmSync(this.file(pid), { force: true });
  }

  /** Demos that run. What a crashed one left is removed on the way, unless it was to be kept. */
  async running(): Promise<Entry[]> {
    const running: Entry[] = [];
    for (const entry of this.entries()) {
      if (await isRunning(entry)) {
        running.push(entry);
        continue;
      }
      if (!entry.keep && existsSync(join(entry.directory, MARKER))) {
        rmSync(entry.directory, { recursive: true, force: true });
      }
      this.remove(entry.pid);
    }
    return running;
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

/** Whether the process of this entry runs: not another one with its id, and not a zombie. */
async function isRunning({ pid, began }: Entry): Promise<boolean> {
  return (await processStart(pid)) === began;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // another demo is writing or removing it
  }
}
