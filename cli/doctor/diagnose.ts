import type { DoctorContext } from './doctor-context';
import type { Diagnosis, Symptom } from './symptom';

/** A diagnosis together with the symptom it explains. */
export interface Finding extends Diagnosis {
  readonly id: string;
  readonly title: string;
  readonly kind: 'fault' | 'notice';
}

/** A symptom that could not be looked for, and why. */
export interface SkippedSymptom {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export interface Report {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedSymptom[];
  /** How many symptoms were looked for. */
  readonly checked: number;
}

/** Looks for every symptom; what another finding explains is left out. */
export async function diagnose(symptoms: readonly Symptom[], doctor: DoctorContext): Promise<Report> {
  const findings: Finding[] = [];
  const skipped: SkippedSymptom[] = [];
  for (const { id, title, kind = 'fault', detect } of symptoms) {
    const outcome = await detect(doctor);
    if (outcome.status === 'skipped') skipped.push({ id, title, reason: outcome.reason });
    if (outcome.status === 'found')
      findings.push(...outcome.diagnoses.map((diagnosis) => ({ id, title, kind, ...diagnosis })));
  }
  const explained = new Set(findings.flatMap((finding) => finding.explains ?? []));
  return {
    findings: findings.filter(({ id }) => !explained.has(id)),
    skipped,
    checked: symptoms.length - skipped.length,
  };
}
