import type { Diagnosis } from '../symptom';
import { notExamined, type Symptom } from '../symptom';
import { EDITOR_SETTINGS, ROO_FILE, type WorkspaceFacts } from '../workspace-facts';

/** Roo Code shows "Create Roo Account": its settings were not imported. */
export const rooImportFailed: Symptom = {
  id: 'roo-import-failed',
  title: 'Roo Code asks for an account: its settings were not imported',
  detection: "in the workspace: Roo's settings file, and the editor setting that names it",
  causes: [
    'the file is missing or broken',
    'roo-cline.autoImportSettingsPath names another file',
    'the file is not readable by the person',
  ],
  detect: async (examination) => {
    const trouble = await examination.workspaceTrouble();
    if (trouble) return notExamined(trouble);
    const facts = (await examination.workspace()) as WorkspaceFacts;
    if (!wantsRoo(facts)) return notExamined('the workspace was started without Roo Code');
    return diagnose(facts, examination.options.workspace ?? '');
  },
};

const wantsRoo = ({ agents, files }: WorkspaceFacts) =>
  agents.length === 0
    ? files.get(ROO_FILE) !== undefined
    : agents.some((agent) => ['both', 'roo-code', 'zoo-code'].includes(agent));

function diagnose(facts: WorkspaceFacts, workspace: string): Diagnosis[] {
  const again = [
    `docker exec ${workspace} start-workspace   # asks the key-provisioner for the files anew; then reload the browser`,
  ];
  if (facts.files.get(ROO_FILE) === undefined) {
    return [
      {
        cause: `~/${ROO_FILE} is missing`,
        evidence: [`stat ~/${ROO_FILE} in ${workspace}: no such file`],
        fix: again,
        explains: ['workspace-files-missing'],
      },
    ];
  }
  const broken = problemOf(facts.content.get(ROO_FILE) ?? '');
  if (broken)
    return [{ cause: `~/${ROO_FILE} is broken: ${broken}`, evidence: [`~/${ROO_FILE}: ${broken}`], fix: again }];
  const setting = EDITOR_SETTINGS.flatMap((file) => {
    const found = /"(?:roo-cline|zoo-code)\.autoImportSettingsPath"\s*:\s*"([^"]*)"/.exec(
      facts.content.get(file) ?? '',
    );
    return found ? [{ file, path: found[1] as string }] : [];
  });
  if (setting.length === 0) {
    return [
      {
        cause: 'the editor is not told where the settings of Roo Code are',
        evidence: [`no autoImportSettingsPath in ${EDITOR_SETTINGS.map((file) => `~/${file}`).join(' or ')}`],
        fix: again,
      },
    ];
  }
  const wrong = setting.find(({ path }) => !path.replace(/^~\//, '').endsWith(ROO_FILE));
  if (!wrong) return [];
  return [
    {
      cause: `autoImportSettingsPath names ${wrong.path || 'nothing'}, not ~/${ROO_FILE}`,
      evidence: [`~/${wrong.file}: "${wrong.path}"`],
      fix: [`# set it to ~/${ROO_FILE} in ~/${wrong.file}, or let the start write it:`, ...again],
    },
  ];
}

function problemOf(text: string): string | undefined {
  let value: { providerProfiles?: { currentApiConfigName?: string; apiConfigs?: Record<string, unknown> } };
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const configs = Object.keys(value.providerProfiles?.apiConfigs ?? {});
  return configs.length === 0 ? 'it holds no provider profile' : undefined;
}
