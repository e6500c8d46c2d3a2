import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsJsonSchema, settingsJsonSchemaText } from '../../../settings/json-schema';

test('gateway.schema.json is current (npm run schema)', () => {
  expect(readFileSync(join(__dirname, '../../../gateway.schema.json'), 'utf8')).toBe(settingsJsonSchemaText());
});

test('the schema refuses unknown keys and lists the catalog for completion', () => {
  const schema = settingsJsonSchema() as {
    additionalProperties: boolean;
    properties: { models: { properties: { default: { enum: string[] } } } };
  };
  expect(schema.additionalProperties).toBe(false);
  expect(schema.properties.models.properties.default.enum).toContain('claude-sonnet-4-5');
});
