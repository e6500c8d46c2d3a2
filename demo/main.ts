import './require-node';
import { plainErrors } from '../plain-errors';
import { memoryOf } from '../runtime/processes/memory';
import { closingWords, describeProviders } from './closing-words';
import { Demo } from './demo';
import { detach } from './detach';
import { explain } from './explain';
import { type DemoOptions, readOptions, USAGE } from './options';
import { terminalProgress } from './progress';
import { tellStory } from './story';

const INTERRUPTED = 130;

/** Without anybody to tell it to, there is no demo. */
const outputLost = new AbortController();
plainErrors('demo', { onOutputLost: () => outputLost.abort() });

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

async function main(args: string[]): Promise<number> {
  let options: DemoOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    return fail(error);
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return options.detach ? detach(options).catch(fail) : inForeground(options);
}

async function inForeground(options: DemoOptions): Promise<number> {
  const stopping = new AbortController();
  const interrupted = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  outputLost.signal.addEventListener('abort', () => stopping.abort());
  const show = terminalProgress();
  let demo: Demo | undefined;
  try {
    demo = new Demo(options, show, stopping.signal);
    // On standard error, also with --json where it costs money.
    if (!options.json || demo.providers.real.length > 0)
      show({ kind: 'note', text: describeProviders(demo.providers) });
    const info = await demo.start();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(info)}\n`);
    } else {
      const print = (text: string) => process.stdout.write(`${text}\n`);
      print('');
      // A real Coder does not know the workspace of the story, so the key-provisioner would refuse it.
      const key = options.coder
        ? info.masterKey
        : await tellStory({ info, model: demo.smallModel, print, signal: stopping.signal });
      print(closingWords(info, key, demo.smallModel, await memoryOf(process.pid)));
    }
    const ended = await Promise.race([demo.ended, interrupted]);
    if (ended) {
      const log = options.keep ? `its log is in ${info.directory}` : 'start the demo with --keep to keep its log';
      throw new Error(`${ended} ended unexpectedly; ${log}`);
    }
    return 0;
  } catch (error) {
    return stopping.signal.aborted ? INTERRUPTED : fail(error);
  } finally {
    if (stopping.signal.aborted && !options.json) show({ kind: 'note', text: 'stopping …' });
    await demo?.stop();
    if (stopping.signal.aborted && !options.json) show({ kind: 'note', text: stoppedText(options) });
  }
}

function stoppedText({ keep }: DemoOptions): string {
  return `stopped; nothing is left running, and the directory is ${keep ? 'kept' : 'removed'}`;
}

function fail(error: unknown): number {
  process.stderr.write(`demo: ${explain(error)}\n`);
  return 1;
}
