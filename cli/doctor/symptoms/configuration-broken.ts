import type { Symptom } from '../symptom';
import { lastLine } from './database-down';

const BROKEN =
  /yaml\.\w+\.\w+Error|ScannerError|ParserError|while parsing a|could not find expected|Invalid (config|model)|Error reading config|Failed to (load|read) config|No such file.*config\.yaml|refus.*master.?key|weak.*master.?key|ValidationError|litellm_params|general_settings|litellm_settings|router_settings|(Type|Key|Value|Attribute)Error:/i;

/** LiteLLM does not come up because of what it was given to read. */
export const configurationBroken: Symptom = {
  id: 'configuration-broken',
  title: 'the gateway does not start: its configuration is wrong',
  detection: 'the gateway does not answer, and its log ends in an error about config.yaml or its settings',
  causes: [
    'config.yaml was edited by hand',
    'the master key is missing or a published one',
    'an entry of the catalog that LiteLLM does not understand',
  ],
  detect: async (examination) => {
    if ((await examination.health()).reachable) return [];
    const said = lastLine(await examination.log('litellm'), BROKEN);
    if (!said) return [];
    return [
      {
        cause: 'LiteLLM stops at its configuration',
        evidence: [(await examination.health()).trouble, `litellm.log: ${said}`],
        fix: ['make synth   # writes config.yaml anew from gateway.yaml and the catalog', 'make deploy'],
        explains: ['gateway-down', 'provisioner-cut-off', 'workspace-cut-off'],
      },
    ];
  },
};
