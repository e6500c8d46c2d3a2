import { z } from 'zod';
import { usageError } from '../../errors';
import { amountOf, type Bill, type BillLine, billedModel, dayOf } from './bill';
import type { CsvFile } from './csv-records';
import { LineErrors } from './line-errors';

// Formats, read in November 2026:
//   https://platform.claude.com/docs/en/api/admin/cost_report (amounts in cents, as decimal text)
//   https://platform.claude.com/docs/en/api/beta/organization/analytics/cost (its successor, in beta)
//   the export of https://platform.claude.com/cost (amounts in dollars)

const CENTS_PER_DOLLAR = 100;
const amount = z
  .string()
  .refine((text) => amountOf(text) !== undefined, 'must be a decimal number as text, in cents')
  .transform((text) => Number(text) / CENTS_PER_DOLLAR);
const day = z.string().transform((text, context) => {
  const found = dayOf(text);
  if (!found) context.addIssue('must be a time such as 2026-11-26T00:00:00Z');
  return found ?? '';
});
const dollars = z.literal('USD', 'must be USD').nullish();
const word = z.string().nullish();

const result = z.looseObject({
  amount,
  currency: dollars,
  description: word,
  cost_type: word,
  model: word,
  token_type: word,
  context_window: word,
  service_tier: word,
  workspace_id: word,
});
const costReport = z.looseObject({
  data: z.array(z.looseObject({ starting_at: day, results: z.array(result) })),
  has_more: z.boolean().nullish(),
});
const analytics = z.looseObject({
  data: z.array(
    z.looseObject({
      starting_at: day,
      cost: z.looseObject({ amount, currency: dollars }),
      group: z.looseObject({ model: word, cost_type: word, token_type: word, workspace_id: word }).nullish(),
    }),
  ),
  has_more: z.boolean().nullish(),
});

/** Whether a JSON document is one of Anthropic's. */
export const isAnthropicJson = (document: unknown): boolean =>
  z.looseObject({ data: z.array(z.looseObject({ starting_at: z.unknown() })) }).safeParse(firstOf(document)).success;

/**
 * Anthropic's cost report: one answer of the API, or a list of all its pages.
 *
 * @throws CliError (usage) with every field that is not as documented
 */
export function anthropicJson(document: unknown, file: string): Bill {
  const pages: unknown[] = Array.isArray(document) ? document : [document];
  const lines: BillLine[] = [];
  const problems: string[] = [];
  let more = false;
  for (const [index, page] of pages.entries()) {
    const isAnalytics = z.looseObject({ data: z.array(z.looseObject({ cost: z.unknown() })).min(1) }).safeParse(page);
    const parsed = isAnalytics.success ? readAnalytics(page) : readCostReport(page);
    if (parsed.success) lines.push(...parsed.lines);
    else {
      const where = Array.isArray(document) ? `page ${index + 1}, ` : '';
      problems.push(...parsed.issues.slice(0, 10).map((issue) => `${where}${issue.path.join('.')}: ${issue.message}`));
    }
    more = z.looseObject({ has_more: z.literal(true) }).safeParse(page).success;
  }
  if (problems.length > 0) {
    throw usageError(`${file} is not a cost report of Anthropic's Admin API:\n  ${problems.slice(0, 10).join('\n  ')}`);
  }
  const missing = more
    ? ['the last page says has_more: fetch the next page too and put all pages into one JSON list']
    : [];
  return { biller: 'anthropic', format: "Anthropic's cost report", lines, warnings: missing };
}

type Read =
  | { readonly success: true; readonly lines: BillLine[] }
  | { readonly success: false; readonly issues: z.core.$ZodIssue[] };

function readCostReport(page: unknown): Read {
  const parsed = costReport.safeParse(page);
  if (!parsed.success) return { success: false, issues: parsed.error.issues };
  const lines = parsed.data.data.flatMap(({ starting_at, results }) =>
    results.map((each) => ({
      day: starting_at,
      model: billedModel(each.model ?? ''),
      what: each.description ?? ([each.cost_type, each.token_type].filter(Boolean).join(' ') || 'not broken down'),
      amount: each.amount,
      workspace: each.workspace_id ?? '',
    })),
  );
  return { success: true, lines };
}

function readAnalytics(page: unknown): Read {
  const parsed = analytics.safeParse(page);
  if (!parsed.success) return { success: false, issues: parsed.error.issues };
  const lines = parsed.data.data.map(({ starting_at, cost, group }) => ({
    day: starting_at,
    model: billedModel(group?.model ?? ''),
    what: [group?.cost_type, group?.token_type].filter(Boolean).join(' ') || 'not broken down',
    amount: cost.amount,
    workspace: group?.workspace_id ?? '',
  }));
  return { success: true, lines };
}

/** Whether a CSV file is the export of Anthropic's console. */
export const isConsoleCsv = (headings: readonly string[]): boolean =>
  headings.includes('usage_date_utc') && headings.includes('cost_usd');

/**
 * The export of the console's cost page.
 *
 * @throws CliError (usage) with line and column of what is no date or no amount
 */
export async function consoleCsv({ headings, records }: CsvFile, file: string): Promise<Bill> {
  const errors = new LineErrors(file);
  const lines: BillLine[] = [];
  for await (const { line, cells } of records) {
    const day = dayOf(cells['usage_date_utc'] ?? '');
    const cost = amountOf(cells['cost_usd'] ?? '');
    if (!day) errors.add(`line ${line}`, 'usage_date_utc', cells['usage_date_utc'] ?? '', 'a day such as 2026-11-26');
    if (cost === undefined) errors.add(`line ${line}`, 'cost_usd', cells['cost_usd'] ?? '', 'a decimal number');
    if (!day || cost === undefined) continue;
    lines.push({
      day,
      model: billedModel(cells['model'] ?? ''),
      what: [cells['cost_type'], cells['token_type']].filter(Boolean).join(' ') || 'not broken down',
      amount: cost,
      workspace: cells['workspace'] ?? '',
    });
  }
  errors.throwIfAny();
  const warnings = headings.includes('model') ? [] : ['the export has no column "model": everything is under no model'];
  return { biller: 'anthropic', format: "the export of Anthropic's console", lines, warnings };
}

const firstOf = (document: unknown): unknown => (Array.isArray(document) ? document[0] : document);
