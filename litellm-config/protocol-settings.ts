import type { Settings } from '../settings/schema';
import { servedModels } from '../settings/served-models';

/**
 * Seconds in which a LiteLLM that has been told to end still takes requests, while it says that it is not ready: the edge asks
 * every second, and sends it nothing once it knows.
 */
export const DRAIN_LAG_SECONDS = 4;

/** What `images/litellm/protocol_answers.py` says of this deployment: the content of `protocol.json`. */
export function protocolSettingsJson(settings: Settings): string {
  const protocol = {
    // Named in refusals; empty: whoever runs the gateway.
    contact: settings.policies.contact ?? '',
    // Seconds from the request to end until LiteLLM takes no more; 0: at once (`draining.py`).
    drainLagSeconds: settings.litellm.replicas > 1 ? DRAIN_LAG_SECONDS : 0,
    // `display_name` of each model that is served.
    titles: Object.fromEntries(servedModels(settings).map(({ name, title }) => [name, title])),
  };
  return `${JSON.stringify(protocol, null, 2)}\n`;
}
