import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(__dirname, '../../..');

/** What git does not keep, next to folders whose name begins with a dot. */
const NOT_OURS = ['node_modules', 'cdktf.out', 'dist', 'coverage', 'report'];

/** All of this repository's pages; read from the folders, since a unit test starts no git. */
export const allPages: readonly string[] = pagesIn(root)
  .map((file) => relative(root, file))
  .sort();

/** What people read; the reference is written from the code itself. */
export const pages: readonly string[] = allPages.filter(
  (file) => /^(README\.md|CONTRIBUTING\.md|docs\/.*)$/.test(file) && !file.startsWith('docs/reference/'),
);

function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || NOT_OURS.includes(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Lines of a page's shell blocks, and what stands between backticks; without prompts and comments. */
export function commandsIn(page: string): string[] {
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
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter(Boolean);
}
