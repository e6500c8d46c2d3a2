import type { Settings } from '../settings/schema';
import pinned from './images.json';

export type PinnedImage = keyof typeof pinned;

/** The image of the settings, or the one that is pinned here. */
export const imageOf = (name: PinnedImage, settings: Settings): string => settings.images[name] ?? pinned[name];
