import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Surroundings } from '../settings/cross-checks';
import { loadSettings, SettingsError } from '../settings/load';
import type { Settings } from '../settings/schema';

/** The settings file of a deployment, where none is named. */
export const SETTINGS_FILE = 'gateway.yaml';

/**
 * Reads a settings file, as it was named on the command line.
 *
 * @param surroundings by default those of a deployment that may be a demo, where localhost is this machine
 * @throws SettingsError where it cannot be read, or is wrong
 */
export type SettingsLoader = (file?: string, surroundings?: Surroundings) => Settings;

/** A loader that finds files from a folder, and names them in its errors as they were named to it. */
export const settingsLoader =
  (cwd: string): SettingsLoader =>
  (file = SETTINGS_FILE, surroundings = { localProcesses: true }) => {
    try {
      return loadSettings(resolve(cwd, file), surroundings);
    } catch (error) {
      throw error instanceof SettingsError ? new SettingsError(file, error.problems) : error;
    }
  };

/** Whether there is a settings file in the working directory, readable or not. */
export function hasSettingsFile(cwd: string): boolean {
  try {
    return lstatSync(resolve(cwd, SETTINGS_FILE), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Something is in the way; reading the file says what.
    return true;
  }
}
