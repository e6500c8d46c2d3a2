import { nearestWord } from '../../../catalog/nearest-word';
import type { Examination } from '../examination';
import type { Symptom } from '../symptom';
import { OPENCODE_FILE, ROO_FILE } from '../workspace-facts';

/** "Invalid model name": somebody asks for a name that this gateway does not serve, or not to them. */
export const modelNotFound: Symptom = {
  id: 'model-not-found',
  title: 'requests fail with "invalid model name", or 403 for a model',
  detection:
    "the name asked for (--model), the names in the workspace's files, the gateway's log, against what is served and what the key may use",
  causes: [
    'a typing error, or the provider’s own id instead of the catalog’s name',
    'the model is not enabled, or its provider is off',
    "the key's policy does not hold the model",
  ],
  detect: async (examination) => {
    const served = examination.models.map(({ name }) => name);
    const asked = await askedNames(examination);
    const unknown = asked.filter(({ name }) => !served.includes(name));
    const keys = (await examination.keys()).flatMap(({ info }) => info ?? []);
    const denied = asked.filter(
      ({ name }) => served.includes(name) && keys.some(({ models }) => !models.includes(name)),
    );
    return [
      ...unknown.map(({ name, source }) => {
        const nearest = nearestName(name, examination);
        return {
          cause: `"${name}" is not served here`,
          evidence: [source, `served: ${served.join(', ')}`],
          fix: [
            nearest ? `# ask for ${nearest}` : '# ask for one of the names above',
            `gateway models   # all names, and what is left out and why`,
          ],
        };
      }),
      ...denied.map(({ name, source }) => ({
        cause: `the key may not use "${name}"`,
        evidence: [source, ...keys.map((key) => `${key.name} may use ${key.models.join(', ')}`)],
        fix: [
          '# ask for one of these, or allow it: policies.<scope>.models in gateway.yaml, then',
          'make plan && make deploy',
        ],
      })),
    ];
  },
};

async function askedNames(examination: Examination): Promise<{ name: string; source: string }[]> {
  const found = new Map<string, string>();
  const { model } = examination.options;
  if (model) found.set(model, `asked for: ${model}`);
  const facts = await examination.workspace();
  const fromFile = (file: string, pattern: RegExp) => {
    const name = pattern.exec(facts?.content.get(file) ?? '')?.[1];
    if (name && !found.has(name)) found.set(name, `~/${file} asks for ${name}`);
  };
  fromFile(OPENCODE_FILE, /"model"\s*:\s*"litellm\/([^"]+)"/);
  fromFile(ROO_FILE, /"(?:openAi|litellm)ModelId"\s*:\s*"([^"]+)"/);
  // The log holds what others ask for too; without a name given it is all there is to go by.
  if (!model) {
    for (const [, name = ''] of (await examination.log('litellm')).matchAll(
      /Invalid model name passed in model=([\w./:@-]+)/g,
    )) {
      if (!found.has(name)) found.set(name, `litellm.log: Invalid model name passed in model=${name}`);
    }
  }
  return [...found].map(([name, source]) => ({ name, source }));
}

function nearestName(name: string, { models }: Examination): string | undefined {
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
