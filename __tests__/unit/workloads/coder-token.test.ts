import { parseSettings } from '../../../settings/load';
import { keyProvisioner } from '../../../workloads/key-provisioner';

const environment = (coder: object) =>
  keyProvisioner(parseSettings(JSON.stringify({ providers: { anthropic: { credentials: 'variable' } }, coder })))
    .environment;

test('with a Coder the key-provisioner can ask which workspaces are gone, whether or not it confirms them', () => {
  expect(environment({ url: 'https://coder.example.com' }).CODER_TOKEN).toMatchObject({
    secret: 'coder_token',
    optional: true,
  });
  expect(environment({ url: 'https://coder.example.com', confirm_workspaces: true }).CODER_TOKEN).toMatchObject({
    secret: 'coder_token',
  });
});

test('without a Coder it is given no token for one', () => {
  expect(environment({})).not.toHaveProperty('CODER_TOKEN');
});
