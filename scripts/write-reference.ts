/** Writes the generated pages under `docs/reference/`; a test sees that they are current. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plainErrors } from '../plain-errors';
import { referencePages } from './reference/pages';

plainErrors('reference');

for (const [file, text] of Object.entries(referencePages())) {
  const path = join(__dirname, '..', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
