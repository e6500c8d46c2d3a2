import pc from 'picocolors';

/** Whether a stream wants colour: a terminal that can, and nobody said `NO_COLOR`. `FORCE_COLOR` overrides. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

/** Colours for standard output. picocolors' own default also colours pipes wherever `CI` is set. */
export const style = pc.createColors(wantsColour(process.stdout));
/** Colours for standard error. */
export const errorStyle = pc.createColors(wantsColour(process.stderr));

/** Columns of the terminal; wide where there is none, so that nothing is cut from a file or a pipe. */
export function terminalWidth(stream: NodeJS.WriteStream = process.stdout): number {
  const asked = Number(process.env['COLUMNS']);
  if (stream.isTTY) return stream.columns || (asked > 0 ? asked : 80);
  return asked > 0 ? asked : Number.POSITIVE_INFINITY;
}
