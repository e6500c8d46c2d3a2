import pc from 'picocolors';
import type { Environment } from '../environment';
import { wrap } from './wrap';

/** A stream that is written to: standard output, standard error, or what a test puts in their place. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A stream that is read from. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export type Colours = ReturnType<typeof pc.createColors>;

/** Where a command reads and writes, and what the terminal there, if there is one, can do. */
export class Io {
  /** Colours for standard output. picocolors' own default also colours pipes wherever `CI` is set. */
  readonly style: Colours;
  /** Colours for standard error. */
  readonly errorStyle: Colours;

  constructor(
    readonly stdin: InputStream,
    readonly stdout: OutputStream,
    readonly stderr: OutputStream,
    private readonly env: Environment,
  ) {
    this.style = pc.createColors(this.wantsColour(stdout));
    this.errorStyle = pc.createColors(this.wantsColour(stderr));
  }

  /** Whether somebody can answer a question: both standard input and standard error are terminals. */
  get canPrompt(): boolean {
    return this.stdin.isTTY === true && this.stderr.isTTY === true;
  }

  /** Whether standard error is a terminal on which a line can be drawn again. */
  get canAnimate(): boolean {
    return this.stderr.isTTY === true && this.env['TERM'] !== 'dumb';
  }

  /** Columns of standard output; infinite where it is a file or a pipe, so that nothing is cut. */
  get width(): number {
    return this.widthOf(this.stdout);
  }

  /** Columns of standard error, likewise. */
  get errorWidth(): number {
    return this.widthOf(this.stderr);
  }

  /** Prints lines on standard output. */
  print(...lines: string[]): void {
    this.stdout.write(`${lines.join('\n')}\n`);
  }

  /** Prints lines on standard error: notes and progress, so that standard output holds results alone. */
  note(...lines: string[]): void {
    this.stderr.write(`${lines.join('\n')}\n`);
  }

  /** Prints one JSON document on standard output. */
  printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** Prose broken at the width of standard output; see {@link wrap}. */
  wrap(text: string, indent = 0): string {
    return wrap(text, indent, this.width);
  }

  /** A terminal that can, unless `NO_COLOR` is set. `FORCE_COLOR` overrides what the stream is. */
  private wantsColour(stream: OutputStream): boolean {
    if (this.env['NO_COLOR']) return false;
    if (this.env['FORCE_COLOR'] && this.env['FORCE_COLOR'] !== '0') return true;
    return stream.isTTY === true && this.env['TERM'] !== 'dumb';
  }

  private widthOf(stream: OutputStream): number {
    const requested = Number(this.env['COLUMNS']);
    if (stream.isTTY) return stream.columns || (requested > 0 ? requested : 80);
    return requested > 0 ? requested : Number.POSITIVE_INFINITY;
  }
}
