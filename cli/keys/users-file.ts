import { z } from 'zod';
import { displayName, dollars, id, perMinute } from '../../images/key-provisioner/src/contract';
import type { CommandContext } from '../context';
import { usageError } from '../errors';
import type { BootstrapUser } from '../provisioner-client';
import { readTable } from './users-table';

const COLUMNS = ['username', 'user_id', 'max_budget', 'rpm_limit'] as const;

/** An empty cell is a cell that is not there; a number is what a person writes, so neither `0x10` nor `1e3`. */
const filled = <S extends z.ZodType>(schema: S) => z.preprocess((value) => (value === '' ? undefined : value), schema);
const number = (example: string) =>
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, `must be a number, such as ${example}`)
    .transform(Number);

/** The bounds are the service's own, so that it refuses no line that was sent. */
const rowSchema = z.object({
  username: z.string().min(1, 'a name is missing').max(128, 'at most 128 characters').pipe(displayName),
  user_id: filled(id.optional()),
  max_budget: filled(number('12.50').pipe(dollars).optional()),
  rpm_limit: filled(number('60').pipe(perMinute).optional()),
});

/** A line of the file that is a user. */
export interface UserLine {
  readonly line: number;
  readonly user: BootstrapUser;
}

/**
 * Reads a CSV file with the columns `username` and, optionally, `user_id`, `max_budget`, `rpm_limit`. Two lines for one person are
 * an error: the person is the `user_id`, or the `username` where there is none.
 *
 * @throws CliError (usage) with every wrong line, by its number in the file
 */
export function readUsers({ path }: CommandContext, file: string): UserLine[] {
  const problems: string[] = [];
  const people = new Map<string, number>();
  const names = new Map<string, number>();
  const users = readTable(path(file), file, COLUMNS).flatMap(({ cells, line, surplus }) => {
    if (surplus > 0) {
      problems.push(
        `line ${line}: ${surplus} more cells than the heading has columns; put a name with a comma in quotes`,
      );
      return [];
    }
    const parsed = rowSchema.safeParse(cells);
    if (!parsed.success) {
      problems.push(
        ...parsed.error.issues.map(({ path: [column], message }) => {
          const value = cells[String(column)];
          return `line ${line}, ${String(column)}: ${message}${value ? ` (found ${JSON.stringify(value.slice(0, 40))})` : ''}`;
        }),
      );
      return [];
    }
    const { username, ...rest } = parsed.data;
    const person = rest.user_id ?? username;
    const earlier = people.get(person) ?? names.get(username);
    if (earlier !== undefined) {
      const [what, value] = people.has(person) && rest.user_id ? ['the user_id', person] : ['the username', username];
      problems.push(`line ${line}: ${what} "${value}" is already in line ${earlier}`);
    }
    people.set(person, people.get(person) ?? line);
    names.set(username, names.get(username) ?? line);
    return [
      {
        line,
        user: { username, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) },
      },
    ];
  });
  if (problems.length > 0) throw usageError(`${file} has errors, so nothing was done:\n  ${problems.join('\n  ')}`);
  if (users.length === 0)
    throw usageError(`${file} has no users`, 'write one line per user below the heading "username"');
  return users;
}
