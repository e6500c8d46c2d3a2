import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import type { TimeKind, TimeRecord } from './record';

/** One test file of a run. */
export interface FileTime {
  readonly suite: string;
  /** Below `__tests__`. */
  readonly file: string;
  readonly seconds: number;
  readonly tests: number;
}

/** A suite's own time; suites that run side by side overlap. */
export interface SuiteTime {
  readonly suite: string;
  readonly seconds: number;
}

/** What the terminal shows of a list; the report has all of it. */
const SHOWN = 12;

/** Where the time of a run went, and what failed in it. */
export class Times {
  private readonly files: FileTime[] = [];
  private readonly suites: SuiteTime[] = [];
  private readonly failures: string[] = [];
  private readonly started = Date.now();
  private readonly processors = processorTimes();

  /** @param recordsFile - what {@link TIMES_FILE} names */
  constructor(
    private readonly root: string,
    private readonly recordsFile: string,
  ) {}

  addFile(suite: string, path: string, milliseconds: number, tests: number): void {
    const file = relative(join(this.root, '__tests__'), path);
    this.files.push({ suite, file, seconds: seconds(milliseconds), tests });
  }

  addFailures(path: string, failures: readonly string[]): void {
    const file = relative(join(this.root, '__tests__'), path);
    this.failures.push(...failures.map((failure) => `${file}: ${failure}`));
  }

  addSuite(suite: string, milliseconds: number): void {
    this.suites.push({ suite, seconds: seconds(milliseconds) });
  }

  /** Writes everything to a file and resolves with the short form for a terminal. */
  report(file: string): string {
    const records = this.records();
    const files = [...this.files].sort((a, b) => b.seconds - a.seconds);
    const used = processorTimes();
    const busy = used.busy - this.processors.busy;
    const machine = {
      processors: cpus().length,
      /** Of the whole machine, other programs included. */
      processorSeconds: seconds(busy),
      busy: Math.round((100 * busy) / Math.max(1, used.all - this.processors.all)),
    };
    const total = seconds(Date.now() - this.started);
    writeFileSync(
      file,
      `${JSON.stringify({ date: new Date().toISOString(), seconds: total, machine, suites: this.suites, files, records }, null, 1)}\n`,
    );
    const of = (kind: TimeKind) => records.filter((record) => record.kind === kind);
    return [
      ...this.failures.map((failure) => `failed: ${failure}`),
      `where the time went: ${total} s; ${machine.processors} processors, ${machine.busy} % busy (${machine.processorSeconds} s)`,
      ...files.slice(0, SHOWN).map((each) => line(each.seconds, `${each.file} (${each.tests} tests)`)),
      ...summary('LiteLLM started', of('litellm'), 0),
      ...summary('images built', of('image'), SHOWN),
      ...summary('steps of the preparation', of('preparation'), SHOWN),
      ...summary('commands that took over 2 s', of('command'), 0),
      `all of it: ${relative(this.root, file)}`,
    ].join('\n');
  }

  private records(): TimeRecord[] {
    if (!existsSync(this.recordsFile)) return [];
    const lines = readFileSync(this.recordsFile, 'utf8').split('\n').filter(Boolean);
    return lines.map((text) => JSON.parse(text) as TimeRecord).sort((a, b) => b.seconds - a.seconds);
  }
}

function summary(title: string, records: readonly TimeRecord[], shown: number): string[] {
  if (records.length === 0) return [];
  const all = records.reduce((total, record) => total + record.seconds, 0);
  const details = records.slice(0, shown).map((record) => line(record.seconds, record.name));
  return [`${title}: ${records.length}, ${all.toFixed(0)} s together`, ...details];
}

const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
const line = (time: number, text: string) => `${time.toFixed(1).padStart(8)} s  ${text}`;

/** Milliseconds that all processors of the machine have worked, and have been there, since it started. */
function processorTimes(): { busy: number; all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const sum = Object.values(times).reduce((total, each) => total + each, 0);
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}
