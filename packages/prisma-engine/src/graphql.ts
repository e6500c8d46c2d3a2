/**
 * Translates the GraphQL that prisma-client-py writes into Prisma's JSON protocol.
 *
 * Both carry the same arguments, so this is a change of notation only. Scalars stay plain JSON values
 * (a DateTime is an ISO string, say): the query compiler knows the schema and coerces them.
 */
import { type FieldNode, Kind, parse, type SelectionSetNode, type ValueNode } from 'graphql';

export interface JsonQuery {
  modelName?: string | undefined;
  action: string;
  query: FieldSelection;
}

export interface FieldSelection {
  arguments: Record<string, unknown>;
  selection: Record<string, true | FieldSelection>;
}

const MODEL_ACTIONS = [
  'findUnique',
  'findFirst',
  'findMany',
  'createOne',
  'createMany',
  'updateOne',
  'updateMany',
  'upsertOne',
  'deleteOne',
  'deleteMany',
  'aggregate',
  'groupBy',
];
const OPERATION_NAME = new RegExp(`^(${MODEL_ACTIONS.join('|')})(\\w+?)(OrThrow)?$`);

/** prisma-client-py always sends exactly one operation holding one field, aliased `result`. */
export function graphqlToJsonQuery(source: string): JsonQuery {
  const operation = parse(source, { noLocation: true }).definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('Expected a GraphQL operation');
  const field = operation.selectionSet.selections[0];
  if (field?.kind !== Kind.FIELD) throw new Error('Expected a GraphQL field');
  return { ...splitOperationName(field.name.value), query: toFieldSelection(field) };
}

function splitOperationName(name: string): { action: string; modelName?: string | undefined } {
  if (name === 'queryRaw' || name === 'executeRaw') return { action: name };
  const [, action, modelName, orThrow = ''] = OPERATION_NAME.exec(name) ?? [];
  if (!action) throw new Error(`Unsupported operation: ${name}`);
  return { action: action + orThrow, ...(modelName ? { modelName } : {}) };
}

function toFieldSelection(field: FieldNode): FieldSelection {
  return {
    arguments: Object.fromEntries((field.arguments ?? []).map((arg) => [arg.name.value, toJson(arg.value)])),
    selection: toSelection(field.selectionSet),
  };
}

function toSelection(selectionSet: SelectionSetNode | undefined): FieldSelection['selection'] {
  const selection: FieldSelection['selection'] = {};
  for (const node of selectionSet?.selections ?? []) {
    if (node.kind !== Kind.FIELD) throw new Error('GraphQL fragments are not supported');
    selection[node.name.value] = node.selectionSet || node.arguments?.length ? toFieldSelection(node) : true;
  }
  return selection;
}

function toJson(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
      // Beyond 2^53 a number would lose digits; the compiler also takes a tagged string.
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : { $type: 'BigInt', value: node.value };
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
    case Kind.LIST:
      return node.values.map(toJson);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, toJson(field.value)]));
    case Kind.VARIABLE:
      throw new Error('GraphQL variables are not supported');
  }
}
