import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainErrors } from '../plain-errors';
import { settingsJsonSchemaText } from './json-schema';

plainErrors('schema');

writeFileSync(join(__dirname, '..', 'gateway.schema.json'), settingsJsonSchemaText());
