/**
 * Marks the values of Json fields.
 *
 * On the GraphQL interface Json is written as a string holding JSON. The JSON protocol would store that very
 * string, so it has to be tagged as what it is. This needs to know which fields are Json: read off the schema.
 */
import type { FieldSelection, JsonQuery } from './graphql';

/** Model name -> field name -> type name, without `?` and `[]`. */
export type Datamodel = Map<string, Map<string, string>>;

const MODEL = /^model\s+(\w+)\s*\{(.*?)^\}/gms;
const FIELD = /^\s*(\w+)\s+([A-Za-z]\w*)/gm;

/** Filters on Json fields whose operands are plain strings. */
const PLAIN_JSON_FILTERS = ['path', 'mode', 'string_contains', 'string_starts_with', 'string_ends_with'];

export function parseDatamodel(schema: string): Datamodel {
  const withoutComments = schema.replace(/\/\/.*$/gm, '');
  return new Map(
    [...withoutComments.matchAll(MODEL)].map(([, name, body]) => [
      name!,
      new Map([...body!.matchAll(FIELD)].map(([, field, type]) => [field!, type!])),
    ]),
  );
}

export function tagJsonFields(query: JsonQuery, datamodel: Datamodel): JsonQuery {
  if (!query.modelName) return query;
  return { ...query, query: tagSelection(query.query, query.modelName, datamodel) };
}

function tagSelection(field: FieldSelection, modelName: string, datamodel: Datamodel): FieldSelection {
  return {
    arguments: mapValues(field.arguments, (argument) => tagInput(argument, modelName, datamodel)),
    selection: mapValues(field.selection, (nested, name) => {
      const relatedModel = datamodel.get(modelName)?.get(name);
      return nested === true || !relatedModel ? nested : tagSelection(nested, relatedModel, datamodel);
    }),
  };
}

/** Keys that are no fields (`where`, `AND`, `create`, ...) lead to inputs of the same model. */
function tagInput(input: unknown, modelName: string, datamodel: Datamodel): unknown {
  if (Array.isArray(input)) return input.map((element) => tagInput(element, modelName, datamodel));
  if (!isObject(input)) return input;
  return mapValues(input, (value, key) => {
    const type = datamodel.get(modelName)?.get(key);
    if (type === 'Json') return tagJsonValue(value);
    return tagInput(value, type && datamodel.has(type) ? type : modelName, datamodel);
  });
}

function tagJsonValue(value: unknown): unknown {
  if (typeof value === 'string') return { $type: 'Json', value };
  if (Array.isArray(value)) return value.map(tagJsonValue);
  if (!isObject(value)) return value;
  return mapValues(value, (operand, name) => (PLAIN_JSON_FILTERS.includes(name) ? operand : tagJsonValue(operand)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function mapValues<In, Out>(object: Record<string, In>, map: (value: In, key: string) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
