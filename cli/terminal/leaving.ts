/** The former name of `shutdown.ts`, for `cli/review/` until it uses the new one. */
export { cleaningUp } from './shutdown';
