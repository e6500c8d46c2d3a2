import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Problem } from '../runtime/problem';
import type { DemoInfo } from './demo';
import type { DemoOptions } from './options';
import { type ProgressEvent, terminalProgress } from './progress';

/** What a demo in the background tells the command that started it. */
export type BackgroundMessage =
  | { readonly kind: 'progress'; readonly event: ProgressEvent }
  | { readonly kind: 'ready'; readonly info: DemoInfo }
  | { readonly kind: 'failed'; readonly reason: string };

/** Starts a demo in the background and returns when it is ready. When this command ends earlier, so does the demo. */
export async function detach(options: DemoOptions): Promise<number> {
  const show = terminalProgress();
  const child = fork(join(__dirname, 'background.ts'), {
    execArgv: process.execArgv,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Sent, not given as arguments: a token must not show in the process list.
  child.send(options);
  const info = await new Promise<DemoInfo>((resolve, reject) => {
    child.once('exit', () => reject(new Problem('the demo was stopped before it was ready')));
    child.on('message', (message: BackgroundMessage) => {
      if (message.kind === 'progress') show(message.event);
      else if (message.kind === 'ready') resolve(message.info);
      else reject(new Problem(message.reason));
    });
  });
  child.disconnect();
  child.unref();
  process.stdout.write(options.json ? `${JSON.stringify(info)}\n` : summary(info));
  return 0;
}

const summary = (info: DemoInfo) =>
  [
    `Gateway          ${info.gatewayUrl}`,
    `Key-provisioner  ${info.provisionerUrl}`,
    `Master key       ${info.masterKey}`,
    `Admin token      ${info.adminToken}`,
    `State and logs   ${info.directory}`,
    '',
    'npm run demo:stop stops it.',
    '',
  ].join('\n');
