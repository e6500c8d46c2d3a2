import { readFileSync } from 'node:fs';
import { usageError } from '../errors';
import { type Plan, planSchema } from './plan';

/**
 * Reads a plan as `terraform show -json` prints it.
 *
 * @param file - as it was given, for messages
 * @throws CliError (usage) where the file is none
 */
export function readPlanFile(file: string, path: string): Plan {
  const fix = 'make one with `terraform show -json plan.bin > plan.json`';
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw usageError(`${file} ${code ? `cannot be read (${code})` : `is not valid JSON: ${message}`}`, fix);
  }
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) throw usageError(`${file} is not a Terraform plan in JSON`, fix);
  return parsed.data;
}
