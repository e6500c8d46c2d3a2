import type { Settings } from '../settings/schema';

export { DRAIN_LAG_SECONDS } from '../litellm-config/protocol-settings';

/** Where nobody else serves meanwhile, an answer under way may finish; the whole of a long agent turn is not waited for. */
const ALONE_SECONDS = 45;
/** Docker's provider gives up on a container after 20 minutes. */
const LONGEST_SECONDS = 900;

/** How long a LiteLLM that ends waits for the requests under way. With others beside it, as long as a request may take. */
export const drainSeconds = ({ litellm: { replicas, request_timeout_s } }: Settings): number =>
  replicas > 1 ? Math.min(request_timeout_s, LONGEST_SECONDS) : ALONE_SECONDS;
