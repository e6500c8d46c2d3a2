import { sentenceOf } from '../plain-errors';
import { Problem } from '../runtime/problem';
import { PortTaken } from '../runtime/processes/port-taken';
import { CommandFailed } from '../runtime/processes/run';
import { ServiceFailed } from '../runtime/processes/service';
import { SettingsError } from '../settings/load';

/** What is said about an error: for those a person can put right, what to do. */
export function explain(error: unknown): string {
  if (error instanceof Problem || error instanceof SettingsError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const output = error instanceof ServiceFailed ? error.log : error instanceof CommandFailed ? error.output : text;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /No space left on device/.test(output)) {
    return `the disk is full${path ? ` (${path})` : ''}; make room, or name other places with --directory and GATEWAY_CACHE_DIR`;
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return `${path ?? 'a directory'} cannot be written (${code}); name other places with --directory and GATEWAY_CACHE_DIR`;
  }
  if (error instanceof PortTaken) {
    return `${error.service}: other processes took every port it tried, last ${error.port}; end what opens so many, then start again (log: ${error.logFile})`;
  }
  return sentenceOf(error);
}
