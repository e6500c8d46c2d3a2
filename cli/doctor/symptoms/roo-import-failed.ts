import type { DoctorContext } from '../doctor-context';
import { type Diagnosis, foundIf, type Symptom, skipped, step } from '../symptom';
import { EDITOR_SETTINGS, ROO_FILE, type WorkspaceFacts } from '../workspace-facts';

/** Roo Code shows "Create Roo Account": its settings were not imported. */
export const rooImportFailed: Symptom = {
  id: 'roo-import-failed',
  title: 'Roo Code asks for an account: its settings were not imported',
  detection: "in the workspace: Roo's settings file, and the editor setting that names it",
  causes: [
    'the file is missing or broken',
    'roo-cline.autoImportSettingsPath names another file',
    'the user cannot read the file',
  ],
  detect: async (doctor) => {
    const facts = await doctor.workspace();
    if (!facts) return skipped(await doctor.workspaceError());
    if (!wantsRoo(facts)) return skipped('the workspace was started without Roo Code');
    return foundIf(diagnose(facts, doctor));
  },
};

const wantsRoo = ({ agents, files }: WorkspaceFacts) =>
  agents.length === 0
    ? files.get(ROO_FILE) !== undefined
    : agents.some((agent) => ['both', 'roo-code', 'zoo-code'].includes(agent));

function diagnose(facts: WorkspaceFacts, { runtime, props: { workspace = '' } }: DoctorContext): Diagnosis[] {
  const writeAgain = step(
    'Let the workspace fetch its files again, then reload the browser:',
    runtime.commands.exec(workspace, 'start-workspace'),
  );
  if (facts.files.get(ROO_FILE) === undefined) {
    return [
      {
        cause: `~/${ROO_FILE} is missing`,
        evidence: [`stat ~/${ROO_FILE} in ${workspace}: no such file`],
        fix: [writeAgain],
        explains: ['workspace-files-missing'],
      },
    ];
  }
  const problem = problemOf(facts.content.get(ROO_FILE) ?? '');
  if (problem)
    return [
      { cause: `~/${ROO_FILE} is broken: ${problem}`, evidence: [`~/${ROO_FILE}: ${problem}`], fix: [writeAgain] },
    ];
  const settings = EDITOR_SETTINGS.flatMap((file) => {
    const match = /"(?:roo-cline|zoo-code)\.autoImportSettingsPath"\s*:\s*"([^"]*)"/.exec(
      facts.content.get(file) ?? '',
    );
    return match ? [{ file, path: match[1] as string }] : [];
  });
  if (settings.length === 0) {
    return [
      {
        cause: 'the editor does not know where the settings of Roo Code are',
        evidence: [`no autoImportSettingsPath in ${EDITOR_SETTINGS.map((file) => `~/${file}`).join(' or ')}`],
        fix: [writeAgain],
      },
    ];
  }
  const wrong = settings.find(({ path }) => !path.replace(/^~\//, '').endsWith(ROO_FILE));
  if (!wrong) return [];
  return [
    {
      cause: `autoImportSettingsPath is ${wrong.path || 'empty'}, not ~/${ROO_FILE}`,
      evidence: [`~/${wrong.file}: "${wrong.path}"`],
      fix: [step(`Set it to ~/${ROO_FILE} in ~/${wrong.file}.`), writeAgain],
    },
  ];
}

function problemOf(text: string): string | undefined {
  let value: { providerProfiles?: { apiConfigs?: Record<string, unknown> } };
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not valid JSON';
  }
  const configs = Object.keys(value.providerProfiles?.apiConfigs ?? {});
  return configs.length === 0 ? 'it has no provider profile' : undefined;
}
