import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { nearestWord } from '../../catalog/nearest-word';
import type { CommandContext } from '../context';
import { usageError } from '../errors';
import type { BootstrapUser } from '../provisioner-client';

const COLUMNS = ['username', 'user_id', 'max_budget', 'rpm_limit'] as const;

const filled = <S extends z.ZodType>(schema: S) => z.preprocess((value) => (value === '' ? undefined : value), schema);
const rowSchema = z.object({
  username: z.string().min(1, 'a name is missing').max(128, 'at most 128 characters'),
  user_id: filled(
    z
      .string()
      .max(128)
      .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces')
      .optional(),
  ),
  max_budget: filled(z.coerce.number('must be a number').positive('must be above zero').optional()),
  rpm_limit: filled(
    z.coerce.number('must be a number').int('must be a whole number').positive('must be above zero').optional(),
  ),
});

/**
 * Reads a CSV file with the columns `username` and, optionally, `user_id`, `max_budget`, `rpm_limit`.
 *
 * @throws CliError (usage) with every wrong line
 */
export function readUsers({ path }: CommandContext, file: string): BootstrapUser[] {
  const rows = records(path(file), file);
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const users = rows.flatMap(({ record, line }) => {
    const parsed = rowSchema.safeParse(record);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `line ${line}, ${issue.path.join('.')}: ${issue.message}`));
      return [];
    }
    const { username, ...rest } = parsed.data;
    const earlier = seen.get(username);
    if (earlier !== undefined) problems.push(`line ${line}: "${username}" is already in line ${earlier}`);
    seen.set(username, line);
    return [{ username, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) }];
  });
  if (problems.length > 0) throw usageError(`${file} has errors, so nothing was done:\n  ${problems.join('\n  ')}`);
  if (users.length === 0)
    throw usageError(`${file} has no users`, 'write one line per user below the heading "username"');
  return users;
}

function records(path: string, file: string): { record: Record<string, string>; line: number }[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      'name a CSV file with a column "username"',
    );
  }
  try {
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      comment: '#',
      columns: checkedColumns(file),
      info: true,
    }).map((entry) => {
      const { record, info } = entry as unknown as { record: Record<string, string>; info: { lines: number } };
      return { record, line: info.lines };
    });
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'CliError') throw error;
    throw usageError(`${file} is not a valid CSV file: ${message}`);
  }
}

const checkedColumns = (file: string) => (heading: string[]) => {
  for (const column of heading) {
    if ((COLUMNS as readonly string[]).includes(column)) continue;
    const nearest = nearestWord(column, COLUMNS);
    throw usageError(
      `${file} has a column "${column}"; allowed are ${COLUMNS.join(', ')}`,
      nearest && `did you mean "${nearest}"?`,
    );
  }
  if (!heading.includes('username'))
    throw usageError(`${file} has no column "username"`, 'its first line must name the columns');
  return heading;
};
