import { readFile } from 'node:fs/promises';
import type { CommandContext } from '../../context';
import { usageError } from '../../errors';
import { anthropicJson, consoleCsv, isAnthropicJson, isConsoleCsv } from './anthropic';
import { costAndUsageReport, costExplorerJson, isCostAndUsageReport, isCostExplorerJson } from './aws';
import type { Bill } from './bill';
import { openCsv } from './csv-records';

const FORMATS =
  "it must be Anthropic's cost report (JSON of the Admin API, or the console's CSV export), an AWS Cost and Usage Report (CSV) or an answer of AWS Cost Explorer (JSON)";

/**
 * Reads a provider's bill, whose format is recognised by its content.
 *
 * @throws CliError (usage) where it cannot be read, is none of the formats, or is broken; lines and columns are named
 */
export async function readBill({ path }: CommandContext, file: string): Promise<Bill> {
  const absolute = path(file);
  if (/\.json$/i.test(file)) return fromJson(await readJson(absolute, file), file);
  const csv = await openCsv(absolute, file);
  if (isConsoleCsv(csv.headings)) return consoleCsv(csv, file);
  if (isCostAndUsageReport(csv.headings)) return costAndUsageReport(csv, file);
  const [first = ''] = csv.headings;
  if (/^[[{]/.test(first)) return fromJson(await readJson(absolute, file), file);
  const found = csv.headings.slice(0, 8).join(', ').slice(0, 200);
  throw usageError(`${file} is no bill that is known here; its columns are ${found}`, FORMATS);
}

async function readJson(absolute: string, file: string): Promise<unknown> {
  const text = await readFile(absolute, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${file} cannot be read (${error.code})`, 'check its name and permissions');
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usageError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
}

function fromJson(document: unknown, file: string): Bill {
  if (isCostExplorerJson(document)) return costExplorerJson(document, file);
  if (isAnthropicJson(document)) return anthropicJson(document, file);
  throw usageError(`${file} is no bill that is known here`, FORMATS);
}
