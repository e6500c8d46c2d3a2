import { z } from 'zod';
import { settingsSchema } from './schema';

/** JSON Schema of `gateway.yaml`, made from the zod type; editors complete and check with it. */
export function settingsJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' }) as Record<string, unknown>;
}

/** The text of `gateway.schema.json`. */
export const settingsJsonSchemaText = () => `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`;
