import type { Symptom } from '../../cli/doctor/symptom';
import { SYMPTOMS } from '../../cli/doctor/symptoms';

/** `docs/reference/troubleshooting.md`: what `gateway doctor` knows, from its own data. */
export function troubleshootingReference(): string {
  return [
    '# Troubleshooting',
    '',
    'Generated from `cli/doctor/symptoms/` by `npm run reference`. `npx gateway doctor` looks for all of these on the live system, and for',
    'each it finds prints the cause, the evidence and the fix.',
    '',
    ...SYMPTOMS.flatMap(section),
  ].join('\n');
}

function section({ id, title, detection, causes, kind }: Symptom): string[] {
  return [
    `## ${capital(title)}`,
    '',
    `\`${id}\`${kind === 'notice' ? ' (a notice: nothing is broken yet)' : ''}. Detected by: ${detection}.`.replace(
      /\.\.$/,
      '.',
    ),
    '',
    ...causes.map((cause) => `- ${cause}`),
    '',
  ];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
