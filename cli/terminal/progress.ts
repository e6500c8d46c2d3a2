import { errorStyle } from './style';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows on a terminal that something is under way, and for how long; anywhere else it says nothing. */
export async function working<T>(what: string, work: () => Promise<T>): Promise<T> {
  const stream = process.stderr;
  if (!stream.isTTY || process.env['TERM'] === 'dumb') return work();
  const began = Date.now();
  let turn = 0;
  const draw = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    const frame = FRAMES[turn++ % FRAMES.length] ?? '';
    stream.write(`\r\x1b[2K${errorStyle.cyan(frame)} ${what}${seconds >= 2 ? errorStyle.dim(` ${seconds} s`) : ''}`);
  };
  const clear = () => stream.write('\r\x1b[2K');
  draw();
  const timer = setInterval(draw, 100);
  process.once('exit', clear);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.off('exit', clear);
    clear();
  }
}
