import type { SettingsInput } from '../../../settings/schema';
import { succeed } from './commands';
import { oncePerRun } from './once-per-run';

const USUAL = ['node', 'postgres', 'litellm', 'edge', 'door', 'seed'];

/** Base images for tests, in the words of `images` in gateway.yaml: pulled where a registry answers, else built here. */
export function baseImages(more: readonly string[] = []): NonNullable<SettingsInput['images']> {
  succeed('scripts/docker-daemon.sh', ['start']);
  const images = more.length > 0 ? [...USUAL, ...more] : [];
  return oncePerRun(['base-images', ...more].join('-'), () =>
    JSON.parse(succeed('scripts/stand-in-images.sh', images)),
  );
}
