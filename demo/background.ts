/** A demo without a terminal, started by {@link detach}: reports to the command that started it, then runs until SIGTERM. */
import { once } from 'node:events';
import { describeProviders } from './closing-words';
import { Demo } from './demo';
import type { BackgroundMessage } from './detach';
import { explain } from './explain';
import type { DemoOptions } from './options';

const stopping = new AbortController();
const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
const stop = () => stopping.abort();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
// The command that waits for this demo has ended; once the demo is ready, it may.
process.once('disconnect', stop);

const tell = (message: BackgroundMessage) =>
  new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });

void main();

async function main(): Promise<never> {
  const [options] = (await once(process, 'message', { signal: stopping.signal })) as [DemoOptions];
  let demo: Demo | undefined;
  try {
    demo = new Demo(options, (event) => void tell({ kind: 'progress', event }), stopping.signal);
    // Mocked models are not worth a line here; real ones cost money.
    if (demo.providers.real.length > 0) {
      await tell({ kind: 'progress', event: { kind: 'note', text: describeProviders(demo.providers) } });
    }
    const info = await demo.start();
    process.off('disconnect', stop);
    await tell({ kind: 'ready', info });
    await Promise.race([demo.ended, stopped]);
  } catch (error) {
    await tell({ kind: 'failed', reason: explain(error) });
  } finally {
    await demo?.stop();
  }
  return process.exit(0);
}
