import { z } from 'zod';
import { usageError } from '../../errors';
import { amountOf, type Bill, type BillLine, billedModel, dayOf } from './bill';
import type { CsvFile } from './csv-records';
import { LineErrors } from './line-errors';

// Formats, read in November 2026:
//   https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-understanding-cur-data.html
//   https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
//   https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html

/** Columns of CUR 2.0, and what the first version called them. */
const COLUMNS = {
  start: ['line_item_usage_start_date', 'lineItem/UsageStartDate'],
  product: ['line_item_product_code', 'lineItem/ProductCode'],
  usageType: ['line_item_usage_type', 'lineItem/UsageType'],
  cost: ['line_item_unblended_cost', 'lineItem/UnblendedCost'],
  description: ['line_item_line_item_description', 'lineItem/LineItemDescription'],
  productName: ['product_product_name', 'product/ProductName'],
  account: ['line_item_usage_account_id', 'lineItem/UsageAccountId'],
  currency: ['line_item_currency_code', 'lineItem/CurrencyCode'],
  kind: ['line_item_line_item_type', 'lineItem/LineItemType'],
} as const;
type Column = keyof typeof COLUMNS;
const REQUIRED: readonly Column[] = ['start', 'product', 'usageType', 'cost'];

/** Whether a CSV file is a Cost and Usage Report. */
export const isCostAndUsageReport = (headings: readonly string[]): boolean =>
  COLUMNS.cost.some((name) => headings.includes(name)) || COLUMNS.usageType.some((name) => headings.includes(name));

/**
 * Bedrock's lines of an AWS Cost and Usage Report (2.0, or the first version); those of every other service are passed over.
 *
 * @throws CliError (usage) where a needed column is missing, or with line and column of what is no date or no amount
 */
export async function costAndUsageReport({ headings, records }: CsvFile, file: string): Promise<Bill> {
  const named = new Map(
    (Object.keys(COLUMNS) as Column[]).map((column) => [
      column,
      COLUMNS[column].find((name) => headings.includes(name)),
    ]),
  );
  const missing = REQUIRED.filter((column) => !named.get(column)).map((column) => COLUMNS[column][0]);
  if (missing.length > 0) {
    throw usageError(`${file} has no column ${missing.join(', ')}`, 'export it with the standard columns of CUR 2.0');
  }
  const errors = new LineErrors(file);
  const lines: BillLine[] = [];
  for await (const { line, cells } of records) {
    const cell = (column: Column) => cells[named.get(column) ?? ''] ?? '';
    if (!isBedrock(cell('product'), cell('productName'), cell('description'))) continue;
    const day = dayOf(cell('start'));
    const amount = amountOf(cell('cost'));
    const name = (column: Column) => named.get(column) ?? COLUMNS[column][0];
    if (!day) errors.add(`line ${line}`, name('start'), cell('start'), 'a time such as 2026-11-26T00:00:00Z');
    if (amount === undefined) errors.add(`line ${line}`, name('cost'), cell('cost'), 'a decimal number');
    if (cell('currency') && cell('currency') !== 'USD')
      errors.add(`line ${line}`, name('currency'), cell('currency'), 'USD');
    if (!day || amount === undefined) continue;
    const model = modelOf(cell('usageType'), cell('productName'), cell('description'));
    const what = [cell('kind'), cell('usageType')].filter((word) => word && word !== 'Usage').join(' ');
    lines.push({ day, model, what, amount, workspace: cell('account') });
  }
  errors.throwIfAny();
  const warnings = lines.length > 0 ? [] : ['the report has no line of Amazon Bedrock'];
  return { biller: 'bedrock', format: 'the AWS Cost and Usage Report', lines, warnings };
}

const costExplorer = z.looseObject({
  ResultsByTime: z.array(
    z.looseObject({
      TimePeriod: z.looseObject({
        Start: z.string().refine((text) => dayOf(text), 'must be a day such as 2026-11-26'),
      }),
      Groups: z.array(
        z.looseObject({
          Keys: z.array(z.string()).min(1),
          Metrics: z.looseObject({
            UnblendedCost: z.looseObject({
              Amount: z.string().refine((text) => amountOf(text) !== undefined, 'must be a decimal number as text'),
              Unit: z.literal('USD', 'must be USD'),
            }),
          }),
        }),
      ),
    }),
  ),
  NextPageToken: z.string().nullish(),
});

/** Whether a JSON document is an answer of Cost Explorer. */
export const isCostExplorerJson = (document: unknown): boolean =>
  z.looseObject({ ResultsByTime: z.array(z.unknown()) }).safeParse(document).success;

/**
 * What `aws ce get-cost-and-usage --granularity DAILY --metrics UnblendedCost --group-by Type=DIMENSION,Key=SERVICE
 * Type=DIMENSION,Key=USAGE_TYPE` prints.
 *
 * @throws CliError (usage) with every field that is not as documented
 */
export function costExplorerJson(document: unknown, file: string): Bill {
  const parsed = costExplorer.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw usageError(`${file} is not an answer of AWS Cost Explorer:\n  ${problems.join('\n  ')}`);
  }
  const lines = parsed.data.ResultsByTime.flatMap(({ TimePeriod, Groups }) =>
    Groups.filter(({ Keys }) => Keys.some((key) => isBedrock(key, key, key))).map(({ Keys, Metrics }) => ({
      day: dayOf(TimePeriod.Start) ?? '',
      model: modelOf(...Keys),
      what: Keys.at(-1) ?? '',
      amount: Number(Metrics.UnblendedCost.Amount),
      workspace: '',
    })),
  );
  const more = parsed.data.NextPageToken ? ['the answer has a NextPageToken: it is not complete'] : [];
  const none =
    lines.length > 0 ? [] : ['the answer has no costs of Amazon Bedrock; group it by SERVICE and USAGE_TYPE'];
  return { biller: 'bedrock', format: "AWS Cost Explorer's answer", lines, warnings: [...more, ...none] };
}

/** Models of the marketplace have a product code of their own and say in their name or description what they are. */
const isBedrock = (product: string, name: string, description: string): boolean =>
  /bedrock/i.test(product) || /bedrock/i.test(name) || /bedrock/i.test(description) || CLAUDE.test(description);

/**
 * AWS names a model in the usage type (`USW2-Claude4.5Sonnet-input-tokens`, `USE1-anthropic.claude-opus-5-5-mantle-input-tokens-standard`) or, for
 * models of the marketplace (`USW2-MP:USW2_InputTokenCount-Units`), in the product's name (`Claude Sonnet 4.5 (Amazon Bedrock Edition)`).
 */
function modelOf(...texts: readonly string[]): string {
  for (const text of texts) {
    const found = CLAUDE.exec(text)?.[0];
    if (found) return billedModel(found);
  }
  return '';
}
const CLAUDE = /claude[\d.]+[a-z]+|claude[- ][a-z]+[- ]\d+(?:[-.]\d{1,2}(?!\d))?|claude[- ]\d+(?:[-.]\d+)?[- ][a-z]+/i;
