import { constraintsText } from '../../../../scripts/litellm/packages';

const chosen = new Map([
  ['litellm', '1.2.3'],
  ['prisma', '0.11.0'],
  ['numpy', '2.4.6'],
  ['PyYAML', '6.0.4'],
]);
const lines = (exceptions: [number, Map<string, string>][]) =>
  constraintsText(chosen, new Map(exceptions)).split('\n').slice(1, -1);

test('everything drawn in is held at its version, in order, but LiteLLM and its database client', () => {
  expect(lines([])).toEqual(['numpy==2.4.6', 'PyYAML==6.0.4']);
});

test('what an older Python takes instead stands beside it, each for its own Pythons', () => {
  const older = new Map([
    ['litellm', '1.2.3'],
    ['numpy', '2.2.6'],
    ['PyYAML', '6.0.4'],
    ['tomli', '2.5.0'],
  ]);
  expect(lines([[10, older]])).toEqual([
    'numpy==2.2.6; python_version < "3.11"',
    'numpy==2.4.6; python_version >= "3.11"',
    'PyYAML==6.0.4',
    'tomli==2.5.0; python_version < "3.11"',
  ]);
});
