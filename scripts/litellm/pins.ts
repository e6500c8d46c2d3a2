import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMAGES = 'workloads/images.json';
const CONSTRAINTS = 'runtime/installation/constraints.txt';
/** Texts that say what is installed and tested; every other one says what was measured, and is measured again by a person. */
const REWRITTEN = ['README.md'];

/** Where a version stands as an example, or belongs to what a test compares. */
const EXAMPLES = /^(__tests__\/|package-lock\.json$|settings\/(schema|image-tags)\.ts$|workloads\/images\.json$)/;
/** A release beside `LiteLLM`, `LiteLLM v`, `litellm==`, `litellm[proxy]==`, `litellm-non_root:v` or `measured on`. */
const VERSION =
  /(?:litellm(?:\[proxy\])?(?:\s+(?:version\s+)?|==)v?|litellm[\w-]*:v|measured(?:,| on| with)\s+)(\d+\.\d+\.\d+)/gi;

/** A place in a committed text that names a version of LiteLLM. */
export interface NamedVersion {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly version: string;
}

/** Every text of the repository that names a version of LiteLLM, but for examples. */
export function namedVersions(root: string): NamedVersion[] {
  return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path && !EXAMPLES.test(path) && lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((text, index) =>
          [...text.matchAll(VERSION)].map(([, version = '']) => ({
            path,
            line: index + 1,
            text: text.trim(),
            version,
          })),
        ),
    );
}

/** Puts another release of LiteLLM in the image's tag, the constraints and the texts that name what is installed. */
export function writePins(root: string, older: string, newer: string, constraints: string): void {
  const rewrite = (path: string, change: (text: string) => string) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
  rewrite(IMAGES, (text) =>
    text.replace(new RegExp(`("litellm": "[^"]*:v)${older.replaceAll('.', '\\.')}"`), `$1${newer}"`),
  );
  rewrite(CONSTRAINTS, () => constraints);
  for (const path of REWRITTEN) rewrite(path, (text) => text.replaceAll(`LiteLLM ${older}`, `LiteLLM ${newer}`));
}
