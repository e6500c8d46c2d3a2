import { dayAfter } from '../day';
import { rounded } from '../format/values';
import type { Dimension } from './dimensions';
import { nextMonth } from './range';
import type { Total } from './totals';

/**
 * Columns of FOCUS 1.2, the FinOps Foundation's format of cost and usage (focus.finops.org): those that every record needs, and
 * those that a gateway knows something for.
 */
export const FOCUS_COLUMNS = [
  ...['BillingPeriodStart', 'BillingPeriodEnd', 'ChargePeriodStart', 'ChargePeriodEnd'],
  ...['BillingAccountId', 'BillingAccountName', 'SubAccountId', 'SubAccountName'],
  ...['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost', 'BillingCurrency'],
  ...['ChargeCategory', 'ChargeClass', 'ChargeDescription', 'ChargeFrequency'],
  ...['ConsumedQuantity', 'ConsumedUnit', 'PricingQuantity', 'PricingUnit', 'PricingCategory'],
  ...['ProviderName', 'PublisherName', 'InvoiceIssuerName', 'ServiceCategory', 'ServiceName', 'SkuId'],
  ...['ResourceId', 'ResourceName', 'ResourceType', 'Tags'],
] as const;

/** What a record of the report is: one day, person, key and model at one provider. */
export const FOCUS_DIMENSIONS = ['day', 'person', 'group', 'workspace', 'key', 'model', 'provider'] as const;

/** As the providers name themselves; LiteLLM's word for the others. */
const PROVIDERS: Readonly<Record<string, string>> = {
  ...{ anthropic: 'Anthropic', openai: 'OpenAI', azure: 'Microsoft', bedrock: 'AWS', bedrock_converse: 'AWS' },
  vertex_ai: 'Google Cloud',
};

export interface FocusProps {
  /** The deployment's name in gateway.yaml. */
  readonly deployment: string;
  /** The month, `2026-11`. */
  readonly month: string;
  /** Sums by {@link FOCUS_DIMENSIONS}. */
  readonly totals: readonly Total[];
}

/** Records in FOCUS's columns; money is USD, quantities are tokens. Missing values are empty, as FOCUS has null in CSV. */
export function focusRecords({ deployment, month, totals }: FocusProps): Record<string, string | number>[] {
  const begins = `${month}-01`;
  const ends = nextMonth(month);
  return totals.map((total) => {
    const of = (dimension: (typeof FOCUS_DIMENSIONS)[number] & Dimension) =>
      total.values[FOCUS_DIMENSIONS.indexOf(dimension)] ?? { id: '', name: '' };
    const [day, person, group, workspace, key] = [of('day'), of('person'), of('group'), of('workspace'), of('key')];
    const provider = PROVIDERS[of('provider').id] ?? of('provider').id;
    const cost = rounded(total.spend);
    const tokens = total.promptTokens + total.completionTokens;
    return {
      BillingPeriodStart: moment(begins),
      BillingPeriodEnd: moment(ends),
      ChargePeriodStart: moment(day.id),
      ChargePeriodEnd: moment(dayAfter(day.id)),
      BillingAccountId: deployment,
      BillingAccountName: deployment,
      SubAccountId: person.id,
      SubAccountName: person.name,
      ...{ BilledCost: cost, EffectiveCost: cost, ListCost: cost, ContractedCost: cost, BillingCurrency: 'USD' },
      ChargeCategory: 'Usage',
      ChargeClass: '',
      ChargeDescription: `${of('model').name}, ${total.requests} requests`,
      ChargeFrequency: 'Usage-Based',
      ...{ ConsumedQuantity: tokens, ConsumedUnit: 'Tokens', PricingQuantity: tokens, PricingUnit: 'Tokens' },
      PricingCategory: 'Standard',
      ...{ ProviderName: provider, PublisherName: provider, InvoiceIssuerName: provider },
      ServiceCategory: 'AI and Machine Learning',
      ServiceName: of('model').name,
      SkuId: of('model').id,
      ResourceId: workspace.id || key.id,
      ResourceName: workspace.name || key.name,
      ResourceType: workspace.id ? 'Workspace' : 'Virtual key',
      Tags: JSON.stringify(group.name ? { group: group.name } : {}),
    };
  });
}

const moment = (day: string): string => `${day}T00:00:00Z`;
