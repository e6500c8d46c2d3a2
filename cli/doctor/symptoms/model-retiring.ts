import { modelWarnings } from '../../models/warnings';
import type { Symptom } from '../symptom';

/** The calendar will change what a name means, or has. */
export const modelRetiring: Symptom = {
  id: 'model-retiring',
  title: 'a model retires soon, or has retired',
  kind: 'notice',
  detection: "the catalog's dates against the calendar",
  causes: ['providers retire models; names outlive them here'],
  detect: async ({ settings, options }) =>
    modelWarnings(settings, options.today).map(({ model, message, fix }) => ({
      cause: `${model} ${message}`,
      evidence: [`catalog/catalog.ts, and today is ${options.today}`],
      fix: [`# ${fix}`],
    })),
};
