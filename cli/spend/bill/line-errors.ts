import { usageError } from '../../errors';

/** Errors that are shown; the others are counted. */
const SHOWN = 10;

/** Collects what is wrong with the lines of a file. */
export class LineErrors {
  private readonly shown: string[] = [];
  private count = 0;

  constructor(private readonly file: string) {}

  add(where: string, column: string, value: string, allowed: string): void {
    this.count += 1;
    if (this.shown.length < SHOWN) {
      this.shown.push(`${where}, ${column}: ${JSON.stringify(value.slice(0, 60))} must be ${allowed}`);
    }
  }

  /** @throws CliError (usage) where there was any */
  throwIfAny(): void {
    if (this.count === 0) return;
    const more = this.count > this.shown.length ? [`… and ${this.count - this.shown.length} more`] : [];
    throw usageError(`${this.file} has errors:\n  ${[...this.shown, ...more].join('\n  ')}`);
  }
}
