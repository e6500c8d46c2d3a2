import { list } from './container';
import { code, type Finding, findingsOf } from './finding';
import { type Attributes, compareKeys } from './synthesized';

const secrets = findingsOf('secrets');
const plain = findingsOf('resources');

/** Settings and secrets that a container is given, or no longer is. */
export function environment(name: string, was: Attributes, is: Attributes): Finding[] {
  const parse = ({ env }: Attributes) =>
    new Map(entries(env).map((entry) => [entry.split('=', 1)[0] as string, entry.slice(entry.indexOf('=') + 1)]));
  const { added, removed, both } = compareKeys(parse(was), parse(is));
  const secret = (value: string) => /\$\{[^}]*var\./.test(value);
  return [
    ...added
      .filter(([, value]) => secret(value))
      .map(([key, value]) =>
        secrets('medium', `${code(name)} is given the secret ${code(...variablesOf(value))} as ${code(key)}`),
      ),
    ...both
      .filter(([, old, now]) => old !== now && secret(now))
      .map(([key, , now]) =>
        secrets('medium', `${code(key)} of ${code(name)} now comes from ${code(...variablesOf(now))}`),
      ),
    ...added
      .filter(([, value]) => !secret(value))
      .map(([key]) => plain('low', `${code(name)} gets the setting ${code(key)}`)),
    ...removed.map(([key]) => plain('low', `${code(name)} loses the setting ${code(key)}`)),
    ...both
      .filter(([, old, now]) => old !== now && !secret(now))
      .map(([key]) => plain('low', `the setting ${code(key)} of ${code(name)} changes`)),
  ];
}

const variablesOf = (value: string) => [...value.matchAll(/var\.(\w+)/g)].map(([, variable]) => variable);

/** `NAME=value` templates, whether they are a list or, with an optional secret among them, one `${compact([…])}`. */
function entries(env: unknown): string[] {
  const expression = typeof env === 'string' ? /^\$\{compact\(\[(.*)\]\)\}$/s.exec(env)?.[1] : undefined;
  return expression === undefined ? list(env) : lastStrings(expression);
}

/** Of each element of an HCL list the last quoted template, unquoted: `var.x == "" ? "" : "NAME=${var.x}"` → `NAME=${var.x}`. */
function lastStrings(elements: string): string[] {
  const found: string[] = [];
  let text = '';
  // What surrounds the character looked at: strings, and interpolations within strings.
  const inside: ('"' | '${')[] = [];
  for (let at = 0; at < elements.length; at += 1) {
    const character = elements[at] as string;
    const [pair, innermost] = [elements.slice(at, at + 2), inside.at(-1)];
    if (innermost === '"' && character === '\\') {
      at += 1;
      text += inside.length === 1 ? (ESCAPED[elements[at] as string] ?? elements[at]) : pair;
    } else if (character === '"') {
      if (inside.length === 0) text = '';
      else if (inside.length > 1 || innermost !== '"') text += character;
      if (innermost === '"') inside.pop();
      else inside.push('"');
    } else if (innermost === '"' && (pair === '${' || pair === '%{')) {
      inside.push('${');
      at += 1;
      text += pair;
    } else if (
      innermost === '"' &&
      elements.slice(at, at + 3) === `${character}${character}{` &&
      /[$%]/.test(character)
    ) {
      at += 2;
      text += `${character}${character}{`;
    } else if (inside.length === 0 && character === ',') found.push(text);
    else {
      if (innermost === '${' && character === '}') inside.pop();
      if (inside.length > 0) text += character;
    }
  }
  return [...found, text].filter((entry) => entry !== '');
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
