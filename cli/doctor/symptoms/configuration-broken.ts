import { lastLine, lastLines } from '../log-lines';
import { DEPLOY, found, notFound, type Symptom, step } from '../symptom';

/** How Python says that it could not make sense of a file; the last lines of a start that failed. */
const BROKEN =
  /^\s*(yaml\.\w+\.\w+|Key|Type|Value|Attribute|Validation|pydantic\S*)Error\b|config\S*\.yaml.*(not|no such)|master.?key.*(weak|unset|refus|required)|(weak|unset).*master.?key/i;
const LAST_LINES = 15;

/** LiteLLM does not start because of what it was given to read. */
export const configurationBroken: Symptom = {
  id: 'configuration-broken',
  title: 'the gateway does not start: its configuration is wrong',
  detection: 'the gateway does not answer, and its log ends in an error about config.yaml or its settings',
  causes: [
    'config.yaml was edited by hand',
    'the master key is missing or a published one',
    'an entry of the catalog that LiteLLM does not understand',
  ],
  detect: async (doctor) => {
    const health = await doctor.gatewayHealth();
    if (health.reachable) return notFound;
    const line = lastLine(lastLines(await doctor.log('litellm'), LAST_LINES), BROKEN);
    if (!line) return notFound;
    return found({
      cause: 'LiteLLM does not accept its configuration',
      evidence: [health.error, `litellm.log: ${line}`],
      fix: [
        step('Write config.yaml again from gateway.yaml and the catalog:', 'make synth'),
        step('Deploy it:', DEPLOY),
      ],
      explains: ['gateway-down', 'provisioner-cut-off', 'workspace-cut-off'],
    });
  },
};
