/** Names of the environment variables that say where Valkey is. */
export const VALKEY_HOST = 'VALKEY_HOST';
export const VALKEY_PORT = 'VALKEY_PORT';
export const VALKEY_SECRET = 'VALKEY_PASSWORD';

/** Seconds that a LiteLLM remembers a key: how long one that was blocked at another replica still passes. */
const KEY_CACHE_SECONDS = 10;

/**
 * General settings of several LiteLLM: counters of spend and of limits are in Valkey. Answers are not cached, and what a key may
 * do is read from the database, since LiteLLM would not tell the others' memories of a change.
 */
export const sharedCounters = () => ({
  coordination_redis: {
    host: `os.environ/${VALKEY_HOST}`,
    port: `os.environ/${VALKEY_PORT}`,
    password: `os.environ/${VALKEY_SECRET}`,
  },
  user_api_key_cache_ttl: KEY_CACHE_SECONDS,
});
