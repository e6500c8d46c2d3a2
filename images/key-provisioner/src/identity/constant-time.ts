import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares two secrets in a time that reveals neither where they differ nor how long they are. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
