import { FAMILIES, familyOf } from '../../../images/key-provisioner/src/models/family';
import { isDay } from '../day';

/** Who sends the bill. */
export type Biller = 'anthropic' | 'bedrock';

/** One position of a bill. */
export interface BillLine {
  /** UTC, `2026-11-26`. */
  readonly day: string;
  /** `sonnet 5.5`; empty for what the bill lists under no model, such as web searches. */
  readonly model: string;
  /** What it is for, in the bill's own words. */
  readonly what: string;
  /** USD; credits are below zero. */
  readonly amount: number;
  /** Provider's workspace or account; empty where the bill names none. */
  readonly workspace: string;
}

/** A bill as it was read from a file. */
export interface Bill {
  readonly biller: Biller;
  /** What the file is, for people: "Anthropic's cost report". */
  readonly format: string;
  readonly lines: readonly BillLine[];
  /** What a reader of the comparison must know: a page that is missing. */
  readonly warnings: readonly string[];
}

/**
 * A model's name for comparisons: `Claude Sonnet 5.5`, `claude-sonnet-5-5`, `us.anthropic.claude-sonnet-5-5` and `Claude5.5Sonnet` are all
 * `sonnet 5.5`. What is no name of Claude stays as it is.
 */
export function billedModel(name: string): string {
  const words = name.trim();
  if (!words) return '';
  const joined = new RegExp(`claude(\\d+)[.-]?(\\d+)?(${FAMILIES_AND_OTHERS})`, 'i').exec(words);
  const spaced = words.toLowerCase().replaceAll(' ', '-');
  const family = joined
    ? { name: joined[3]?.toLowerCase() ?? '', version: [joined[1], joined[2]].filter(Boolean) }
    : (familyOf(spaced) ?? otherFamily(spaced));
  if (!family) return words.toLowerCase();
  return [family.name, family.version.join('.')].filter(Boolean).join(' ');
}

/** Families of Claude that no alias of Claude Code names. */
const FAMILIES_AND_OTHERS = [...FAMILIES, 'fable'].join('|');

function otherFamily(name: string) {
  const [, word, major, minor] = /claude-(fable)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name) ?? [];
  return word ? { name: word, version: [major, minor].filter(Boolean) } : undefined;
}

/** Checks a calendar day, or the beginning of a time. @returns undefined for anything else */
export function dayOf(value: string): string | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(value)?.[1];
  return day && isDay(day) ? day : undefined;
}

/** Checks a decimal number; bills hold nothing else. @returns undefined for anything else */
export function amountOf(value: string): number | undefined {
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value.trim()) ? Number(value) : undefined;
}
