import { nearestWord } from '../../../catalog/nearest-word';
import type { KeyInfo } from '../../../images/key-provisioner/src/contract';
import type { DoctorContext } from '../doctor-context';
import { DEPLOY, type Diagnosis, foundIf, type Symptom, step } from '../symptom';
import { OPENCODE_FILE, ROO_FILE } from '../workspace-facts';

/** "Invalid model name": a name was requested that this gateway does not serve, or that the key may not use. */
export const modelNotFound: Symptom = {
  id: 'model-not-found',
  title: 'requests fail with "invalid model name", or 403 for a model',
  detection:
    "the requested name (--model), the names in the workspace's files and in the gateway's log, against what is served and what the key may use",
  causes: [
    "a typing error, or the provider's own id instead of the catalog's name",
    'the model is not enabled, or its provider is off',
    "the key's policy does not include the model",
  ],
  detect: async (doctor) => {
    const served = doctor.models.map(({ name }) => name);
    const keys = (await doctor.keys()).flatMap(({ info }) => info ?? []);
    const requested = await requestedNames(doctor);
    return foundIf(
      requested.flatMap((request) => {
        if (!served.includes(request.name)) return [notServed(request, served, doctor)];
        return keys.some(({ models }) => !models.includes(request.name)) ? [notAllowed(request, keys)] : [];
      }),
    );
  },
};

interface Requested {
  readonly name: string;
  /** Where the name comes from, for evidence. */
  readonly source: string;
}

function notServed({ name, source }: Requested, served: readonly string[], doctor: DoctorContext): Diagnosis {
  const nearest = nearestName(name, doctor);
  return {
    cause: `"${name}" is not served here`,
    evidence: [source, `served: ${served.join(', ')}`],
    fix: [
      step(nearest ? `Request ${nearest} instead.` : 'Request one of the names above instead.'),
      step('All names, and the reasons why others are left out:', 'gateway models'),
    ],
  };
}

const notAllowed = ({ name, source }: Requested, keys: readonly KeyInfo[]): Diagnosis => ({
  cause: `the key may not use "${name}"`,
  evidence: [source, ...keys.map((key) => `${key.name} may use ${key.models.join(', ')}`)],
  fix: [
    step('Request one of these models instead.'),
    step('Or allow this one in policies.<scope>.models of gateway.yaml and deploy:', DEPLOY),
  ],
});

async function requestedNames(doctor: DoctorContext): Promise<Requested[]> {
  const sources = new Map<string, string>();
  const { model } = doctor.props;
  if (model) sources.set(model, `requested: ${model}`);
  const facts = await doctor.workspace();
  const fromFile = (file: string, pattern: RegExp) => {
    const name = pattern.exec(facts?.content.get(file) ?? '')?.[1];
    if (name && !sources.has(name)) sources.set(name, `~/${file} requests ${name}`);
  };
  fromFile(OPENCODE_FILE, /"model"\s*:\s*"litellm\/([^"]+)"/);
  fromFile(ROO_FILE, /"(?:openAi|litellm)ModelId"\s*:\s*"([^"]+)"/);
  // The log has what others request too; where no name is given it is the only source.
  if (!model) {
    const inLog = /Invalid model name passed in model=([\w./:@-]+)/g;
    for (const [, name = ''] of (await doctor.log('litellm')).matchAll(inLog)) {
      if (!sources.has(name)) sources.set(name, `litellm.log: Invalid model name passed in model=${name}`);
    }
  }
  return [...sources].map(([name, source]) => ({ name, source }));
}

function nearestName(name: string, { models }: DoctorContext): string | undefined {
  const byId = models.find(({ model }) =>
    model.deployments.some((deployment) => deployment.model === name.replace(/^\w+\//, '')),
  );
  return (
    byId?.name ??
    nearestWord(
      name,
      models.map((model) => model.name),
    )
  );
}
