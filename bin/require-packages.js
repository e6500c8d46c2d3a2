/**
 * Whether a program of this project can run at all: Node.js is new enough and the packages are installed. If not, it says in one sentence
 * what to do, and ends. Plain JavaScript without a dependency, for a clone in which nothing is installed.
 *
 *   require('./require-packages').requirePackages()   in programs; returns whether this is a checkout
 *   node bin/require-packages.js [--dev]              in npm and shell scripts; --dev: what tests and linter need, too
 */
const { accessSync, constants, existsSync, readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');

const ROOT = join(__dirname, '..');
/** Of cli/errors.ts: nothing was done. */
const EXIT_USAGE = 2;

/** An installed package holds no sources, and whoever installed it has its packages. */
const isCheckout = existsSync(join(ROOT, 'main.ts'));

/** What is wrong and what mends it; undefined where nothing is. */
function problem(withDev) {
  const manifest = manifestOf(ROOT);
  const oldest = manifest.engines.node.replace('>=', '');
  if (isOlder(process.versions.node, oldest)) {
    return {
      message: `this needs Node.js ${oldest} or later, and ${process.execPath} is ${process.versions.node}`,
      fix: isCheckout ? `install Node.js ${oldest} or later, then run npm ci` : `install Node.js ${oldest} or later`,
    };
  }
  const place = placeProblem();
  if (place || !isCheckout) return place;
  const missing = missingPackages(manifest, withDev);
  if (missing.length === 0) return undefined;
  const what =
    missing.length > 3
      ? 'the packages of this project are'
      : `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'}`;
  return { message: `${what} not installed in ${ROOT}`, fix: 'run npm ci there' };
}

/** Node.js itself fails without a working directory, and tsx without one for temporary files, before any line of ours runs. */
function placeProblem() {
  try {
    process.cwd();
  } catch ({ code }) {
    return { message: `the working directory cannot be used (${code})`, fix: 'change into one that exists' };
  }
  if (!isCheckout) return undefined;
  try {
    accessSync(tmpdir(), constants.W_OK);
    return undefined;
  } catch ({ code }) {
    return {
      message: `the directory for temporary files, ${tmpdir()}, cannot be written (${code})`,
      fix: 'set TMPDIR to one that can',
    };
  }
}

function missingPackages(manifest, withDev) {
  const folders = [ROOT, ...manifest.workspaces.map((folder) => join(ROOT, folder))];
  const missing = folders.flatMap((folder) => {
    const {
      name,
      dependencies = {},
      peerDependencies = {},
      devDependencies = {},
    } = folder === ROOT ? manifest : manifestOf(folder);
    // Sources run by tsx, which the built package does without.
    const own = folder === ROOT ? ['tsx'] : [name];
    const needed = [...own, ...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    if (withDev) needed.push(...Object.keys(devDependencies).filter((each) => !needed.includes(each)));
    return needed.filter((each) => !isInstalled(each, folder));
  });
  return [...new Set(missing)];
}

/** As Node.js looks for it: in the folder's own `node_modules`, then in those above. */
function isInstalled(name, folder) {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true;
  return dirname(folder) !== folder && isInstalled(name, dirname(folder));
}

function isOlder(version, oldest) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * Ends the process where something is missing; in JSON where the command line asks for that. Returns whether this is a checkout,
 * where TypeScript is run, and not an installed package, which has JavaScript in `dist/`.
 */
function requirePackages({ exitCode = EXIT_USAGE, withDev = false } = {}) {
  const found = problem(withDev);
  if (!found) return isCheckout;
  const { message, fix } = found;
  process.stderr.write(
    process.argv.includes('--json')
      ? `${JSON.stringify({ error: { message, exit_code: exitCode, fix } })}\n`
      : `error: ${message}; ${fix}\n`,
  );
  process.exit(exitCode);
}

module.exports = { requirePackages };

if (require.main === module) requirePackages({ exitCode: 1, withDev: process.argv.includes('--dev') });
