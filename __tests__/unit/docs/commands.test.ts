import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { processContext } from '../../../cli/context';
import { buildProgram } from '../../../cli/program';
import { SECRET_NAMES } from '../../../settings/secrets';
import { commandsIn, pages, root } from './documents';

const program = buildProgram(processContext(process));

// What a page tells people to type must exist. That it does its work is shown in `__tests__/deploy/documents`.
/** Commands that have one which runs where none is named. */
const DEFAULTS: Readonly<Record<string, string>> = { spend: 'totals' };

/** Why a `gateway` command line is not one, if so. */
function wrongWith(words: string[]): string | undefined {
  let command: Command = program;
  const rest = [...words];
  while (
    rest[0] &&
    command.commands.some((inner) => inner.name() === rest[0] || inner.aliases().includes(rest[0] as string))
  ) {
    const name = rest.shift();
    command = command.commands.find(
      (inner) => inner.name() === name || inner.aliases().includes(name as string),
    ) as Command;
  }
  // Options without a command are those of the command that runs where none is named.
  const byDefault = command.commands.find((inner) => inner.name() === DEFAULTS[command.name()]);
  if (byDefault && rest[0]?.startsWith('-')) command = byDefault;
  if (command.commands.length > 0 && rest[0] && !rest[0].startsWith('-') && !/[…|.]/.test(rest[0]))
    return `"${rest[0]}" is no command`;
  const known = [...command.options, ...(command.parent?.options ?? []), ...program.options].flatMap(
    ({ long, short }) => [long, short],
  );
  return rest.find(
    (word) =>
      /^--?[a-z]/.test(word) && !known.includes(word.split('=')[0]) && word !== '--help' && word !== '--version',
  );
}

const targets = [...readFileSync(join(root, 'Makefile'), 'utf8').matchAll(/^([a-z-]+):.*## /gm)].map(
  ([, name]) => name,
);
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);

test.each(pages)('every gateway, make and npm command in %s exists', (page) => {
  const wrong = commandsIn(page).flatMap((line) => {
    const [first, second, ...rest] = line.replace(/^npx /, '').split(/\s+/);
    if (first === 'gateway' && second && /^[a-z-]+$/.test(second)) {
      const problem = wrongWith([second, ...rest]);
      return problem ? [`${line}: ${problem}`] : [];
    }
    if (first === 'make' && second && !targets.includes(second)) return [line];
    if (first === 'npm' && second === 'run' && rest[0] && !scripts.includes(rest[0])) return [line];
    return [];
  });
  expect(wrong).toEqual([]);
});

test('operations says of every secret what its replacement does', () => {
  const table = readFileSync(join(root, 'docs/operations.md'), 'utf8').split('## Rotation of every secret')[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...SECRET_NAMES].sort());
});
