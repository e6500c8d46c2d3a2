import type { WorkspaceParameter } from '../../workspace/parameters';
import { quoted } from './literal';

/**
 * The text of `params.tf`: one `coder_parameter` per parameter.
 *
 * It is HCL because Coder's form is drawn by an engine of its own, which does not see nested blocks (`option`) in JSON
 * and then shows free text without a word of warning.
 */
export function parametersFile(parameters: readonly WorkspaceParameter[]): string {
  const blocks = parameters.map((parameter, order) => {
    const { name, displayName, description, type, mutable, options, masked, icon } = parameter;
    const lines = [
      attribute('name', name),
      attribute('display_name', displayName),
      attribute('description', description),
      attribute('type', type),
      attribute('form_type', options ? 'dropdown' : 'input'),
      attribute('icon', icon),
      `  mutable      = ${mutable}`,
      `  order        = ${order + 1}`,
      ...(parameter.default === undefined ? [] : [attribute('default', parameter.default)]),
      ...(masked ? ['  styling      = jsonencode({ mask_input = true })'] : []),
      ...(options ?? []).flatMap(({ name, value, description }) => {
        const width = description ? 'description'.length : 'value'.length;
        return [
          '',
          '  option {',
          `  ${attribute('name', name, width)}`,
          `  ${attribute('value', value, width)}`,
          ...(description ? [`  ${attribute('description', description, width)}`] : []),
          '  }',
        ];
      }),
    ];
    return `data "coder_parameter" "${name}" {\n${lines.join('\n')}\n}\n`;
  });
  return `# Generated from gateway.yaml and the model catalog; edit those instead.\n\n${blocks.join('\n')}`;
}

const attribute = (name: string, value: string, width = 12) => `  ${name.padEnd(width)} = ${quoted(value)}`;
