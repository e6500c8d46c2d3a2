/** Free text for Terraform JSON, where `${` and `%{` would otherwise be evaluated. Not for text with expressions in it. */
export const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (character) => character + character);

/** Free text as a string of HCL, with its quotation marks: for expressions and `.tf` files. */
export const quoted = (text: string): string => `"${escaped(literal(text))}"`;

/** A template between quotation marks of HCL: its own `${…}` stays alive. HCL knows no `\b` and `\f`, as JSON does. */
export const escaped = (template: string): string =>
  template.replace(CONTROL_OR_QUOTE, (character) => ESCAPES[character] ?? unicode(character));

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
const CONTROL_OR_QUOTE = /["\\\u0000-\u001f]/g;
const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
