import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from '../../../scripts/reference/pages';

test.each(Object.entries(referencePages()))('%s is current (npm run reference)', (file, text) => {
  expect(readFileSync(join(__dirname, '../../..', file), 'utf8')).toBe(text);
});
