import { z } from 'zod';
import { usageError } from '../../errors';
import { correctionsExist } from '../corrections/store';
import { dayAfter } from '../day';
import type { Accounts } from '../ledger/accounts';
import { type LedgerDatabase, LedgerError, text } from '../ledger/database';
import { rangeConditions } from '../ledger/rows';
import { columnOf, type Dimension } from './dimensions';

/** Requests summed by one or more dimensions. Money is USD, tokens are LiteLLM's counts. */
export interface Total {
  /** The value of each dimension, in the order they were asked for. */
  readonly values: readonly DimensionValue[];
  readonly spend: number;
  readonly requests: number;
  /** Of `requests`, those that ended in an error. */
  readonly failed: number;
  /** Tokens of the request, those read from and written to the provider's cache included. */
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface DimensionValue {
  /** As the ledger has it: an id of Coder, a workspace's id, a hash of a key; empty for none. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
}

export interface TotalsProps {
  readonly database: LedgerDatabase;
  readonly accounts: Accounts;
  readonly by: readonly Dimension[];
  /** First and last day, UTC. */
  readonly from: string;
  readonly to: string;
  /** Only this person: their name or id. @default - everybody */
  readonly person?: string | undefined;
  /** Only this model, as `gateway models` names it. @default - all */
  readonly model?: string | undefined;
}

const rowSchema = z.tuple([z.array(z.string()), z.number(), z.number(), z.number(), z.number(), z.number()]);

/**
 * Sums the ledger in the database, corrections included; what differs only in the generation of a key comes together.
 *
 * @returns the dearest first; in the order of days where a day is asked for first
 * @throws LedgerError where the database does not answer; CliError (usage) where nobody has the person's name
 */
export async function totals(props: TotalsProps): Promise<Total[]> {
  const { database, accounts, by } = props;
  const columns = by.map(columnOf);
  const where = conditions(props).join(' AND ');
  const booked = `SELECT "user", team_id, model_group, model, custom_llm_provider, "startTime", api_key, spend, 1 AS requests, status, prompt_tokens,
    completion_tokens FROM "LiteLLM_SpendLogs" WHERE ${where}`;
  const corrected = `SELECT "user", team, name, name, split_part(deployment, '/', 1), day::timestamp, key, difference, 0, 'success', 0, 0
    FROM gateway.spend_settled`;
  const source = (await correctionsExist(database))
    ? `${booked} UNION ALL ${correctedWhere(corrected, where)}`
    : booked;
  // Each column once: a workspace and a key are told apart by the same.
  const query = `SELECT jsonb_build_array(jsonb_build_array(${columns.join(', ')}), sum(spend), sum(requests),
      coalesce(sum(requests) FILTER (WHERE status = 'failure'), 0), sum(prompt_tokens), sum(completion_tokens))::text
    FROM (${source}) AS counted GROUP BY ${[...new Set(columns)].join(', ')}`;
  const sums = new Map<string, Total>();
  for await (const raw of database.rows(query)) {
    const parsed = rowSchema.safeParse(raw);
    if (!parsed.success) throw new LedgerError(`sums of LiteLLM's ledger cannot be read: ${parsed.error.message}`);
    const [cells, spend, requests, failed, promptTokens, completionTokens] = parsed.data;
    const values = by.map((dimension, index) => dimensionValue(dimension, cells[index] ?? '', accounts));
    const id = values.map((value) => value.id).join('\n');
    const known = sums.get(id);
    sums.set(id, {
      values,
      spend: spend + (known?.spend ?? 0),
      requests: requests + (known?.requests ?? 0),
      failed: failed + (known?.failed ?? 0),
      promptTokens: promptTokens + (known?.promptTokens ?? 0),
      completionTokens: completionTokens + (known?.completionTokens ?? 0),
    });
  }
  return [...sums.values()].sort(by[0] === 'day' ? byDay : dearestFirst);
}

/** The same conditions on corrections, whose columns are named like those of the ledger. */
const correctedWhere = (corrected: string, where: string): string =>
  `SELECT * FROM (${corrected}) AS c("user", team_id, model_group, model, custom_llm_provider, "startTime", api_key, spend, requests, status,
    prompt_tokens, completion_tokens) WHERE ${where}`;

const dearestFirst = (a: Total, b: Total): number => b.spend - a.spend || b.requests - a.requests;
const byDay = (a: Total, b: Total): number =>
  (a.values[0]?.id ?? '').localeCompare(b.values[0]?.id ?? '') || dearestFirst(a, b);

function conditions({ from, to, person, model, accounts }: TotalsProps): string[] {
  const named = person === undefined ? undefined : accounts.idsOf('user', person);
  if (named?.length === 0) {
    throw usageError(
      `nobody in the gateway has the name or id "${person}"`,
      '`gateway spend` shows the names of people',
    );
  }
  return [
    ...rangeConditions({ from, to: dayAfter(to) }),
    ...(named ? [`"user" IN (${named.map(text).join(', ')})`] : []),
    ...(model ? [`${columnOf('model')} = ${text(model)}`] : []),
  ];
}

function dimensionValue(dimension: Dimension, cell: string, accounts: Accounts): DimensionValue {
  switch (dimension) {
    case 'person':
      return { id: cell, name: cell ? (accounts.find('user', cell)?.name ?? cell) : '' };
    case 'group':
      return { id: cell, name: cell ? (accounts.find('team', cell)?.name ?? cell) : '' };
    case 'workspace': {
      const workspace = accounts.workspaceOf(cell);
      return { id: workspace?.id ?? '', name: workspace?.name ?? '' };
    }
    case 'key': {
      const name = accounts.keyName(cell);
      return { id: name, name };
    }
    default:
      return { id: cell, name: cell };
  }
}
