import { code, type Finding, findingsOf } from './finding';
import { compareKeys, type Synthesized } from './synthesized';

const finding = findingsOf('template');

interface Parameter {
  readonly text: string;
  readonly options: readonly string[];
  readonly default: string | undefined;
  readonly mutable: boolean;
}

/** What changes for people who create a workspace: parameters, their choices and defaults. */
export function compareTemplate(before: Synthesized, after: Synthesized): Finding[] {
  const { added, removed, both } = compareKeys(parametersOf(before.parameters), parametersOf(after.parameters));
  return [
    ...added.map(([name, is]) =>
      finding(
        is.default === undefined ? 'medium' : 'low',
        `the template asks for ${code(name)}${is.default === undefined ? ', and every existing workspace must answer it before its next start' : ''}`,
      ),
    ),
    ...removed.map(([name]) =>
      finding('low', `the template no longer asks for ${code(name)}; what workspaces chose is forgotten`),
    ),
    ...both.flatMap(([name, was, is]) => {
      const gone = was.options.filter((option) => !is.options.includes(option));
      const fresh = is.options.filter((option) => !was.options.includes(option));
      return [
        ...(gone.length > 0
          ? [
              finding(
                'medium',
                `${code(...gone)} can no longer be chosen as ${code(name)}: workspaces that did must choose anew before they start`,
              ),
            ]
          : []),
        ...(fresh.length > 0 ? [finding('info', `${code(...fresh)} can be chosen as ${code(name)}`)] : []),
        ...(was.default === is.default
          ? []
          : [
              finding(
                'low',
                `${code(name)} is ${code(is.default ?? 'nothing')} unless chosen otherwise, instead of ${code(was.default ?? 'nothing')}`,
              ),
            ]),
        ...(was.mutable && !is.mutable
          ? [finding('low', `${code(name)} can no longer be changed after a workspace was made`)]
          : []),
      ];
    }),
  ];
}

/** Parameters in the Terraform text that the template generates: its own regular form, not any HCL. */
function parametersOf(text: string): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  for (const block of text.split(/^(?=data\s+"coder_parameter")/m)) {
    const name = /^data\s+"coder_parameter"\s+"([^"]+)"/.exec(block)?.[1];
    if (!name) continue;
    const values = [...block.matchAll(/option\s*\{[^}]*?\bvalue\s*=\s*"([^"]*)"/g)].map(([, value]) => value as string);
    const outside = block.replace(/option\s*\{[^}]*\}/g, '');
    found.set(name, {
      text: block,
      options: values,
      default: /\bdefault\s*=\s*"?([^"\n]*)"?/.exec(outside)?.[1],
      mutable: /\bmutable\s*=\s*true/.test(outside),
    });
  }
  return found;
}
