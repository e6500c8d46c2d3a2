import pc from 'picocolors';

/** The progress of a start; a demo in the background sends it to the command that started it. */
export type ProgressEvent =
  | { readonly kind: 'begin'; readonly title: string }
  | { readonly kind: 'detail'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'note'; readonly text: string };

export type ShowProgress = (event: ProgressEvent) => void;

/** Steps on standard error: redrawn in place on a terminal, one line a step (and every ten seconds) elsewhere. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): ShowProgress {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb';
  const secondsBetweenLines = live ? 0.1 : 10;
  let title = '';
  let began = 0;
  let last = 0;
  const elapsed = () => `${((Date.now() - began) / 1000).toFixed(live ? 0 : 1)} s`;
  const line = (text: string) => stream.write(live ? `\r\x1b[2K${text}` : `${text}\n`);
  return (event) => {
    switch (event.kind) {
      case 'begin':
        title = event.title;
        began = Date.now();
        last = began;
        if (live) line(`${pc.cyan('…')} ${title}`);
        break;
      case 'detail':
        if (Date.now() - last < secondsBetweenLines * 1000) break;
        last = Date.now();
        line(
          `${pc.cyan('…')} ${title} ${pc.dim(`${elapsed()}  ${event.text}`)}`.slice(0, live ? columns(stream) : 500),
        );
        break;
      case 'end':
        line(`${pc.green('✔')} ${title} ${pc.dim(elapsed())}`);
        if (live) stream.write('\n');
        break;
      case 'note':
        line(event.text);
        if (live) stream.write('\n');
    }
  };
}

/** Room for one line, colour codes included. */
const columns = (stream: NodeJS.WriteStream) => (stream.columns || 80) + 20;

/** Shows a step around an action; the action says how far it is. */
export async function step<T>(
  show: ShowProgress,
  title: string,
  action: (report: (text: string) => void) => Promise<T>,
): Promise<T> {
  show({ kind: 'begin', title });
  let detail = '';
  // A step that says nothing for long still shows that time passes.
  const pulse = setInterval(() => show({ kind: 'detail', text: detail }), 1000);
  try {
    const result = await action((text) => {
      detail = text;
      show({ kind: 'detail', text });
    });
    show({ kind: 'end' });
    return result;
  } finally {
    clearInterval(pulse);
  }
}
