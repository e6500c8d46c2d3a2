import { randomBytes } from 'node:crypto';

/** A subject for a key that a command issues for itself and deletes at its end: two runs at once must not share one. */
export const temporarySubject = (command: 'verify' | 'doctor'): string =>
  `gateway-${command}-${randomBytes(6).toString('hex')}`;
