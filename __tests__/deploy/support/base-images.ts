import type { SettingsInput } from '../../../settings/schema';
import { succeed } from './commands';
import { oncePerRun } from './once-per-run';

/** Base images for tests, in the words of `images` in gateway.yaml: pulled where a registry answers, else built here. */
export function baseImages(): NonNullable<SettingsInput['images']> {
  succeed('scripts/docker-daemon.sh', ['start']);
  return oncePerRun('base-images', () => JSON.parse(succeed('scripts/stand-in-images.sh', [])));
}
