import type { Settings } from '../settings/schema';
import { servedModels } from '../settings/served-models';

/** What `images/litellm/protocol_answers.py` says of this deployment: the content of `protocol.json`. */
export function protocolSettingsJson(settings: Settings): string {
  const protocol = {
    // Named in refusals; empty: whoever runs the gateway.
    contact: settings.policies.contact ?? '',
    // `display_name` of each model that is served.
    titles: Object.fromEntries(servedModels(settings).map(({ name, title }) => [name, title])),
  };
  return `${JSON.stringify(protocol, null, 2)}\n`;
}
