import type { Io } from './io';
import { restoringOnExit } from './shutdown';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** Shows on a terminal that something is under way, and for how long; prints nothing anywhere else. */
export async function working<T>(io: Io, what: string, work: () => Promise<T>): Promise<T> {
  if (!io.canAnimate) return work();
  const { stderr, errorStyle } = io;
  const startedMs = performance.now();
  let turn = 0;
  const draw = () => {
    const seconds = Math.floor((performance.now() - startedMs) / 1000);
    const frame = FRAMES[turn++ % FRAMES.length] ?? '';
    stderr.write(`\r\x1b[2K${errorStyle.cyan(frame)} ${what}${seconds >= 2 ? errorStyle.dim(` ${seconds} s`) : ''}`);
  };
  const clear = () => void stderr.write('\r\x1b[2K');
  draw();
  const timer = setInterval(draw, FRAME_MS);
  try {
    return await restoringOnExit(clear, work);
  } finally {
    clearInterval(timer);
    clear();
  }
}
