/** Generates LiteLLM's database client inside the image: `node --import tsx generate-client.ts <virtual environment>`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generatePythonClient } from '../../../runtime/installation/python-client';

const [venv = ''] = process.argv.slice(2);
const [python = ''] = readdirSync(join(venv, 'lib')).filter((name) => name.startsWith('python'));
const sitePackages = join(venv, 'lib', python, 'site-packages');
void generatePythonClient({
  venv,
  sitePackages,
  schemaPath: join(sitePackages, 'litellm/proxy/schema.prisma'),
  queryEngine: process.env.PRISMA_QUERY_ENGINE_BINARY ?? '',
});
