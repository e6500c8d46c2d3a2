import { cliReference } from './cli';
import { settingsReference } from './settings';
import { troubleshootingReference } from './troubleshooting';

/** Every generated page of the documentation: path from the repository's root, and text. */
export function referencePages(): Record<string, string> {
  return {
    'docs/reference/settings.md': settingsReference(),
    'docs/reference/cli.md': cliReference(),
    'docs/reference/troubleshooting.md': troubleshootingReference(),
  };
}
