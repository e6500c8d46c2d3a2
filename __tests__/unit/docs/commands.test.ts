import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from '../../../cli/program';

// What a page tells people to type must exist. That the commands do their work is shown where they are run:
// in the contract and deploy suites, and by `make acceptance`.

const root = join(__dirname, '../../..');
const pages = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'README.md', 'CONTRIBUTING.md', 'docs'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file.endsWith('.md') && !file.startsWith('docs/reference/') && existsSync(join(root, file)));

/** Lines of shell blocks, and what stands between backticks. */
function commandsIn(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block as string).replaceAll('\\\n', ' ').split('\n'),
  );
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string);
  return [...blocks, ...inline]
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s+#.*$/, '')
        .trim(),
    )
    .filter(Boolean);
}

/** Why a `gateway` command line is not one, if so. */
function wrongWith(words: string[]): string | undefined {
  let command: Command = buildProgram();
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
  if (command.commands.length > 0 && rest[0] && !rest[0].startsWith('-') && !/[…|.]/.test(rest[0]))
    return `"${rest[0]}" is no command`;
  const known = [...command.options, ...(command.parent?.options ?? []), ...buildProgram().options].flatMap(
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
