import { MAX_BODY_BYTES } from '../litellm-config/request-rules';

/** Largest body of a request, in bytes. The edge and the doors answer 413 to a larger one, and LiteLLM's filter, should one get there. */
export const LARGEST_BODY = MAX_BODY_BYTES;

/** Bodies above this many bytes are read only with a key that LiteLLM knows. */
export const UNKNOWN_KEY_BODY = 64 * 1024;

/** Seconds a body may take to arrive, the wait for its turn included. */
export const BODY_SECONDS = 60;

/** Bodies up to this size are read whole before LiteLLM is bothered with them, so that a slow one holds no place there. */
export const READ_WHOLE = 1024 * 1024;

/**
 * Bytes of bodies above {@link UNKNOWN_KEY_BODY} that may be on their way at once: of one key, so that nobody takes all places with
 * bodies that trickle in, and of those that are read whole, since these are in the edge's memory meanwhile. A body that was broken
 * off counts until {@link BODY_SECONDS} after its beginning.
 */
export const UNDER_WAY_PER_KEY = 48 * 1024 * 1024;
export const UNDER_WAY_READ_WHOLE = 128 * 1024 * 1024;

/** Requests whose bodies are of one size, with a share of LiteLLM's memory of their own. */
export interface BodyClass {
  readonly name: 'small' | 'usual' | 'big' | 'huge';
  /** Largest body in bytes. */
  readonly upTo: number;
  /** Requests LiteLLM works on at once; they hold their place until they are answered. */
  readonly atOnce: number;
  /** Requests that wait for a place; one more is answered 429. */
  readonly waiting: number;
}

/** What LiteLLM takes before any body, in MB, and how many times its size a body costs there at the most in ordinary JSON. */
const LITELLM_ITSELF_MB = 1000;
const TIMES_THE_BODY = 8;
/** The limit these counts were made for, in MB. */
const USUAL_MEMORY_MB = 4096;

/**
 * How many bodies of which size LiteLLM is given at once, for its memory limit in MB. For 4096 MB that is 512 of 64 KB, 128 of 1 MB,
 * 20 of 8 MB and 2 of 32 MB, which in ordinary JSON stays within the limit with every place taken by the largest body. Below some
 * 2.5 GB it need not, as each class keeps a place.
 */
export function bodyClasses(litellmMemoryMb: number): readonly BodyClass[] {
  const share = (litellmMemoryMb - LITELLM_ITSELF_MB) / (USUAL_MEMORY_MB - LITELLM_ITSELF_MB);
  const places = (usual: number) => Math.max(1, Math.floor(usual * share));
  return [
    { name: 'small', upTo: UNKNOWN_KEY_BODY, atOnce: 512, waiting: 512 },
    { name: 'usual', upTo: READ_WHOLE, atOnce: places(128), waiting: 64 },
    { name: 'big', upTo: 8 * 1024 * 1024, atOnce: places(20), waiting: 64 },
    { name: 'huge', upTo: LARGEST_BODY, atOnce: places(2), waiting: 64 },
  ];
}

/** MB that LiteLLM needs where every place is taken by a body as large as its class allows. */
export const memoryForBodies = (classes: readonly BodyClass[]): number =>
  LITELLM_ITSELF_MB +
  (TIMES_THE_BODY * classes.reduce((sum, { atOnce, upTo }) => sum + atOnce * upTo, 0)) / (1024 * 1024);
