// Usage: merge-settings.js FILE < {"pinned": {…}, "defaults": {…}}
//
// Sets every pinned key in FILE, and a default only where FILE has no such key. FILE belongs to the person: comments,
// order and every other key stay. A file that is not valid JSON is left unchanged and reported on standard error (exit code 1).
const { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { applyEdits, modify, parse } = require('jsonc-parser');

const [file] = process.argv.slice(2);
const { pinned = {}, defaults = {} } = JSON.parse(readFileSync(0, 'utf8'));

const found = existsSync(file);
let text = found ? readFileSync(file, 'utf8') : '';
if (text.trim() === '') text = '{}\n';

const errors = [];
const current = parse(text, errors, { allowTrailingComma: true });
if (errors.length > 0 || typeof current !== 'object' || current === null || Array.isArray(current)) {
  console.error(
    `${file} is not a valid JSON object; it was left unchanged, so settings of this workspace may be missing`,
  );
  process.exit(1);
}

const missing = Object.entries(defaults).filter(([key]) => !(key in current));
const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
let merged = text;
for (const [key, value] of [...Object.entries(pinned), ...missing]) {
  if (JSON.stringify(current[key]) === JSON.stringify(value)) continue;
  merged = applyEdits(merged, modify(merged, [key], value, { formattingOptions }));
}

if (!found || merged !== readFileSync(file, 'utf8')) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  writeFileSync(part, merged, { mode: 0o600 });
  if (found) chmodSync(part, statSync(file).mode & 0o777);
  renameSync(part, file);
}
