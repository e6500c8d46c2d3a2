/** The LiteLLM release that is deployed, measured and tested. */
export const LITELLM_VERSION = '1.104.2';

/** The last release of the Python client that LiteLLM's database access is written for. */
export const PRISMA_CLIENT_VERSION = '0.11.0';
