import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of package.json: of the checkout where sources run, of the installed package where `dist/` does. Files that are
 * read at run time (`images/`, `scripts/`) are named from here, since the compiler moves only what is imported.
 */
export const PACKAGE_ROOT = existsSync(join(__dirname, 'package.json')) ? __dirname : dirname(__dirname);

/** Whether this is a checkout of the repository and not an installed package, which has JavaScript only. */
export const isCheckout = existsSync(join(PACKAGE_ROOT, 'main.ts'));

/** Name and version of package.json. Read and not imported: the compiler would copy it to `dist/`, which then looked like the package. */
export const PRODUCT = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
};
