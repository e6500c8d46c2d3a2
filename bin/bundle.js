/**
 * One JavaScript file of a TypeScript program of this checkout, with everything it imports: it starts in a third of the processor time
 * that tsx needs, which looks up and reads every source at each start. Made again when one of its sources has changed.
 *
 * Plain JavaScript, for programs that have no TypeScript yet. Not used by the installed package, which has its own JavaScript.
 */
const { createHash, randomUUID } = require('node:crypto');
const {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { join, relative, sep } = require('node:path');

const ROOT = join(__dirname, '..');
/** Within the checkout, so that packages are found as its own; not below `node_modules`, which npm would then read anew at each `npx`. */
const FOLDER = join(ROOT, '.cache/bundles');
const PACKAGES = join('node_modules', '.package-lock.json');
/** A program may still be started from a bundle that is no longer the newest. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** Of this checkout: a bundle holds its path, and a copy of it may have been made with its cache. */
const PLACE = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);

/**
 * Path of the bundle, which is executable by itself.
 *
 * @param entry - path of the program
 * @param options - of esbuild, beside those that every bundle has
 * @throws Error where esbuild fails, nothing can be written, or `.cache` leads out of the checkout
 */
function bundle(entry, options = {}) {
  const folder = ownFolder();
  const name = `${relative(ROOT, entry).replaceAll(/\W+/g, '-')}-${PLACE}`;
  const list = join(folder, `${name}.json`);
  const known = read(list);
  if (known && Object.entries(known.sources).every(([file, state]) => stateOf(file) === state)) return known.bundle;

  const started = Date.now();
  removeOld(name);
  const made = join(folder, `${name}-${randomUUID()}.js`);
  const sources = [...build(entry, made, options), PACKAGES].map((file) => [file, stateOf(file, started)]);
  chmodSync(made, 0o755);
  // In one step, as several processes may do this at once.
  writeFileSync(`${made}.json`, JSON.stringify({ bundle: made, sources: Object.fromEntries(sources) }));
  renameSync(`${made}.json`, list);
  return made;
}

/** @throws Error where `.cache` is a link that leads out of the checkout: its packages would not be found from there */
function ownFolder() {
  mkdirSync(FOLDER, { recursive: true });
  const place = realpathSync(FOLDER);
  if (!place.startsWith(realpathSync(ROOT) + sep))
    throw new Error(`${FOLDER} is ${place}, which is not in this checkout`);
  return FOLDER;
}

/** Returns the sources that went into it, as paths below the root; packages are told by their list. */
function build(entry, outfile, options) {
  const { metafile } = require('esbuild').buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
    logLevel: 'silent',
    metafile: true,
    banner: { js: '#!/usr/bin/env node' },
    ...options,
  });
  return Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules/'));
}

/** Changes when a file does. What changed after `before` may be newer than what was read: it counts as unknown. */
function stateOf(file, before = Number.POSITIVE_INFINITY) {
  const found = statSync(join(ROOT, file), { throwIfNoEntry: false });
  if (!found) return 'none';
  return found.mtimeMs < before ? `${found.mtimeMs} ${found.size}` : 'unknown';
}

function read(list) {
  try {
    const known = JSON.parse(readFileSync(list, 'utf8'));
    return statSync(known.bundle, { throwIfNoEntry: false }) && known;
  } catch {
    return undefined; // made at the first start
  }
}

function removeOld(name) {
  for (const file of readdirSync(FOLDER).filter((each) => each.startsWith(`${name}-`))) {
    const found = statSync(join(FOLDER, file), { throwIfNoEntry: false });
    if (found && found.mtimeMs < Date.now() - KEPT_MS) rmSync(join(FOLDER, file), { force: true });
  }
}

/**
 * Runs a program of this checkout: its bundle, or its sources by tsx where none can be made (the checkout may be read-only, its `.cache` a
 * link) or where `DEBUG` is set, so that stack traces name the sources.
 */
function run(entry, options = {}) {
  let program;
  try {
    if (!process.env.DEBUG)
      program = bundle(join(ROOT, entry), { define: { __dirname: JSON.stringify(ROOT) }, ...options });
  } catch {
    // What is wrong with the sources, tsx tells.
  }
  if (program) return require(program);
  require('tsx/cjs');
  return require(join(ROOT, entry));
}

module.exports = { bundle, run };
