import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../make-directory';
import { processStart, processStartByPs } from '../runtime/processes/process-start';

const entrySchema = z.object({
  pid: z.int().positive(),
  /** When that process started: process ids are reused. */
  start: z.string().optional(),
  /** The same as `ps` tells it: all that earlier versions wrote, and read. */
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
  async add(entry: Omit<Entry, 'pid' | 'start' | 'began'>): Promise<void> {
    makeDirectory(this.directory);
    const { pid } = process;
    const start = await processStart(pid);
    const complete: Entry = { pid, start, began: (await processStartByPs(pid)) ?? '', ...entry };
    writeFileSync(this.file(pid), `${JSON.stringify(complete)}\n`);
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
async function isRunning({ pid, start, began }: Entry): Promise<boolean> {
  return start === undefined ? (await processStartByPs(pid)) === began : (await processStart(pid)) === start;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // another demo is writing or removing it
  }
}
