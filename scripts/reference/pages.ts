import { cliReference } from './cli';
import { settingsReference } from './settings';

/** Every generated page of the documentation: path from the repository's root, and text. */
export function referencePages(): Record<string, string> {
  return {
    'docs/reference/settings.md': settingsReference(),
    'docs/reference/cli.md': cliReference(),
  };
}
