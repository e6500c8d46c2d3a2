import { modelWarnings } from '../../models/warnings';
import { foundIf, type Symptom, step } from '../symptom';

/** A model that retires soon, so that its name will stand for another one, or already does. */
export const modelRetiring: Symptom = {
  id: 'model-retiring',
  title: 'a model retires soon, or has retired',
  kind: 'notice',
  detection: "the catalog's dates against today's",
  causes: ['providers retire models; here their names go on working'],
  detect: async ({ settings, props: { today } }) =>
    foundIf(
      modelWarnings(settings, today).map(({ model, message, fix }) => ({
        cause: `${model} ${message}`,
        evidence: [`catalog/catalog.ts, and today is ${today}`],
        fix: [step(`${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`)],
      })),
    ),
};
