/** A string of a variable in a tfvars file, and what stands behind it on its line. */
export interface TfvarsString {
  readonly value: string;
  readonly rest: string;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/**
 * A variable of a `secrets.tfvars`, where each is on a line of its own as `gateway init` writes it.
 *
 * @returns undefined where the file has no such variable; `'other'` where it is something else than a string in double quotes
 */
export function tfvarsString(text: string, name: string): TfvarsString | 'other' | undefined {
  const line = new RegExp(`^\\s*${name}\\s*=\\s*(.*?)\\s*$`, 'm').exec(text)?.[1];
  if (line === undefined) return undefined;
  const [, quoted, rest = ''] = /^"((?:[^"\\]|\\.)*)"(.*)$/.exec(line) ?? [];
  if (quoted === undefined) return 'other';
  const plain = quoted.replace(/\\(.)/g, (whole, character: string) => ESCAPES[character] ?? whole);
  return { value: plain.replace(/([$%])\1\{/g, '$1{'), rest };
}
