import { createHash } from 'node:crypto';

/** Free text for Terraform JSON, where `${` and `%{` would otherwise be evaluated. Not for text with expressions in it. */
export const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (character) => character + character);

/**
 * A label that changes with the health check. The provider "updates" a health check without any effect on the
 * container; a changed label replaces it.
 */
export function healthLabel(health: object): { label: string; value: string } {
  const value = createHash('sha256').update(JSON.stringify(health)).digest('hex').slice(0, 12);
  return { label: 'ai-gateway.health', value };
}
