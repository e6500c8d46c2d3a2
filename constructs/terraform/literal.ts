/** Free text for Terraform JSON, where `${` and `%{` would otherwise be evaluated. Not for text with expressions in it. */
export const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (character) => character + character);
