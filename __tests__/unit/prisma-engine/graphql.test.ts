import { graphqlToJsonQuery } from '../../../packages/prisma-engine/src/graphql';
import { parseDatamodel, tagJsonFields } from '../../../packages/prisma-engine/src/json-fields';

test('an operation becomes its action and model', () => {
  const { action, modelName } = graphqlToJsonQuery('query { result: findUniqueLiteLLM_TeamTableOrThrow { team_id } }');
  expect({ action, modelName }).toEqual({ action: 'findUniqueOrThrow', modelName: 'LiteLLM_TeamTable' });
});

test('an integer that a number cannot hold keeps its digits', () => {
  const { query } = graphqlToJsonQuery('mutation { result: createOneT(data: { n: 9007199254740993 }) { n } }');
  expect(query.arguments).toEqual({ data: { n: { $type: 'BigInt', value: '9007199254740993' } } });
});

test('quotes and backslashes in a string arrive as they are', () => {
  const { query } = graphqlToJsonQuery(String.raw`query { result: findManyT(where: { a: "\"\\ é" }) { a } }`);
  expect(query.arguments).toEqual({ where: { a: '"\\ é' } });
});

test.each([
  ['an unknown operation', 'query { result: dropDatabaseT { a } }', 'Unsupported operation: dropDatabaseT'],
  ['a variable', 'query { result: findManyT(where: { a: $a }) { a } }', 'GraphQL variables are not supported'],
])('%s is refused', (_, source, message) => {
  expect(() => graphqlToJsonQuery(source)).toThrow(message);
});

test('the values of Json fields are tagged, also through relations, and text fields are not', () => {
  const datamodel = parseDatamodel(`
model Parent {
  name  String
  data  Json @default("{}") // Json
  child Child?
}
model Child {
  data Json
}`);
  const query = graphqlToJsonQuery(
    'mutation { result: createOneParent(data: { name: "{}", data: "{}", child: { create: { data: "[1]" } } }) { name } }',
  );
  expect(tagJsonFields(query, datamodel).query.arguments).toEqual({
    data: {
      name: '{}',
      data: { $type: 'Json', value: '{}' },
      child: { create: { data: { $type: 'Json', value: '[1]' } } },
    },
  });
});
