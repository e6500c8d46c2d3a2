/** Applies LiteLLM's migrations to DATABASE_URL: `node --import tsx migrate.ts <directory of migrations>`. */
import { migrate } from '../../../runtime/installation/migrations';

void main();

async function main(): Promise<void> {
  const [directory = ''] = process.argv.slice(2);
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) {
    console.error('DATABASE_URL is not set');
    process.exit(1);
  }
  const applied = await migrate(databaseUrl, directory);
  console.log(`${applied.length} migrations applied`);
}
