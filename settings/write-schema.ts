import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsJsonSchemaText } from './json-schema';

writeFileSync(join(__dirname, '..', 'gateway.schema.json'), settingsJsonSchemaText());
