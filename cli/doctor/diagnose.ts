import type { Examination } from './examination';
import type { Diagnosis, Symptom } from './symptom';

/** A diagnosis together with the symptom it explains. */
export interface Finding extends Diagnosis {
  readonly id: string;
  readonly title: string;
  readonly kind: 'fault' | 'notice';
}

/** What was found, and what could not be looked for. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly notExamined: readonly { readonly id: string; readonly title: string; readonly because: string }[];
  readonly examined: number;
}

/** Looks for every symptom; what another finding explains is left out. */
export async function diagnose(symptoms: readonly Symptom[], examination: Examination): Promise<Report> {
  const findings: Finding[] = [];
  const notExamined: { id: string; title: string; because: string }[] = [];
  for (const { id, title, kind = 'fault', detect } of symptoms) {
    const result = await detect(examination);
    if ('because' in result) notExamined.push({ id, title, because: result.because });
    else findings.push(...result.map((diagnosis) => ({ id, title, kind, ...diagnosis })));
  }
  const explained = new Set(findings.flatMap((finding) => finding.explains ?? []));
  return {
    findings: findings.filter(({ id }) => !explained.has(id)),
    notExamined,
    examined: symptoms.length - notExamined.length,
  };
}
