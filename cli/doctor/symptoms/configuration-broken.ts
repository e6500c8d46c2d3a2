import type { Symptom } from '../symptom';
import { lastLine } from './database-down';

/** How Python says that it could not make sense of a file; the last lines of a start that failed. */
const BROKEN =
  /^\s*(yaml\.\w+\.\w+|Key|Type|Value|Attribute|Validation|pydantic\S*)Error\b|config\S*\.yaml.*(not|no such)|master.?key.*(weak|unset|refus|required)|(weak|unset).*master.?key/i;
const LAST_LINES = 15;

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
    const said = lastLine(ending(await examination.log('litellm')), BROKEN);
    if (!said) return [];
    return [
      {
        cause: 'LiteLLM stops at its configuration',
        evidence: [(await examination.health()).trouble, `litellm.log: ${said}`],
        fix: ['make synth   # writes config.yaml anew from gateway.yaml and the catalog', 'make plan && make deploy'],
        explains: ['gateway-down', 'provisioner-cut-off', 'workspace-cut-off'],
      },
    ];
  },
};

const ending = (log: string) => log.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
