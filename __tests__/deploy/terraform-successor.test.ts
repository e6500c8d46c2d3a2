import { succeed } from './support/commands';

jest.setTimeout(5 * 60_000);

test('the same sources synthesize the same Terraform under the successor of CDKTF', () => {
  expect(succeed('scripts/successor-check.sh', []).trim().split('\n')).toEqual([
    'platform: equal under the successor',
    'contractor-workspace: equal under the successor',
  ]);
});
