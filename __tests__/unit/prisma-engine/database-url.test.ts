import { databaseUrl, poolConfig } from '../../../packages/prisma-engine/src/database-url';

const SCHEMA = 'datasource client {\n  provider = "postgresql"\n  url = env("SOME_URL")\n}';

test('the connection string comes from the variable that the schema names', () => {
  expect(databaseUrl(SCHEMA, { SOME_URL: 'postgresql://a@b/c' }).href).toBe('postgresql://a@b/c');
});

test("the client's override wins", () => {
  const env = {
    SOME_URL: 'postgresql://a@b/c',
    OVERWRITE_DATASOURCES: '[{"name":"client","url":"postgresql://x@y/z"}]',
  };
  expect(databaseUrl(SCHEMA, env).href).toBe('postgresql://x@y/z');
});

test('a missing variable is named', () => {
  expect(() => databaseUrl(SCHEMA, {})).toThrow('Environment variable not found: SOME_URL');
});

test('escapes in a password are undone, and pool parameters are kept', () => {
  const url = new URL('postgresql://u:p%40ss@h:6000/d?connection_limit=3&connect_timeout=7');
  expect(poolConfig(url)).toMatchObject({ password: 'p@ss', port: 6000, max: 3, connectionTimeoutMillis: 7000 });
});
