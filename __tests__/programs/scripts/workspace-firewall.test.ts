import { spawnSync } from 'node:child_process';
import { BlockList } from 'node:net';
import { join } from 'node:path';

const script = join(__dirname, '../../../scripts/workspace-firewall.sh');

/** The rules as they are set: in a network namespace of its own, where nothing of this machine is touched. */
function rules(): { v4: string; v6: string } | undefined {
  const { status, stdout } = spawnSync(
    'unshare',
    [
      '--net',
      'bash',
      '-c',
      `iptables -N DOCKER-USER && bash ${script} install 10.9.9.0/24 host:7080 2>/dev/null && iptables -S && echo ==== && ip6tables -S`,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) return undefined;
  const [v4 = '', v6 = ''] = stdout.split('====');
  return { v4, v6 };
}

const found = rules();
if (!found) console.warn('SKIPPED: the rules of the firewall script; they need root, unshare and iptables');
const whereRoot = found ? test : test.skip;

/** Networks that the forwarding chain rejects. */
function rejected(text: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [, address, bits] of text.matchAll(/^-A GATEWAY-WS-OUT -d ([\da-f.:]+)\/(\d+) -j REJECT/gm))
    list.addSubnet(address as string, Number(bits), family);
  return list;
}

whereRoot.each([
  ['AWS, Google Cloud, Azure, Oracle, OpenStack, DigitalOcean', '169.254.169.254'],
  ['credentials of AWS tasks and pods', '169.254.170.2'],
  ['credentials of EKS pods', '169.254.170.23'],
  ["Azure's wire server", '168.63.129.16'],
  ['Alibaba Cloud', '100.100.100.200'],
  ['Tencent Cloud', '169.254.0.23'],
  ['Oracle Cloud Classic', '192.0.0.192'],
  ["IBM Cloud's service network", '161.26.0.10'],
  ["IBM Cloud's private endpoints", '166.9.14.5'],
  ['a private network', '192.168.1.1'],
  ['carrier-grade NAT, as Tailscale uses', '100.64.0.1'],
  ['class E, as some clouds use inside', '240.0.0.1'],
])('%s (%s) cannot be reached from workspaces', (_whose, address) => {
  expect(rejected(found?.v4 ?? '', 'ipv4').check(address)).toBe(true);
});

whereRoot.each([
  ['AWS', 'fd00:ec2::254'],
  ["AWS's EKS pods", 'fd00:ec2::23'],
  ['Google Cloud', 'fd20:ce::254'],
  ['Oracle', 'fd00:c1::a9fe:a9fe'],
  ['link-local', 'fe80::a9fe:a9fe'],
  ['an IPv4 address behind NAT64', '64:ff9b::a9fe:a9fe'],
])('nor can IPv6 metadata of %s (%s)', (_whose, address) => {
  expect(rejected(found?.v6 ?? '', 'ipv6').check(address, 'ipv6')).toBe(true);
});

whereRoot('the internet stays open, and exceptions come before what is rejected', () => {
  const list = rejected(found?.v4 ?? '', 'ipv4');
  for (const address of ['1.1.1.1', '104.16.0.1', '168.63.129.15', '192.0.1.1', '199.0.0.1'])
    expect(list.check(address)).toBe(false);
  const v4 = found?.v4 ?? '';
  expect(v4.indexOf('-d 10.9.9.0/24 -j RETURN')).toBeGreaterThan(0);
  expect(v4.indexOf('-d 10.9.9.0/24 -j RETURN')).toBeLessThan(v4.indexOf('-d 10.0.0.0/8 -j REJECT'));
  expect(v4).toMatch(/-A INPUT -i gws\+ -j GATEWAY-WS-HOST/);
  expect(found?.v6).toMatch(/-A FORWARD -i gws\+ -j GATEWAY-WS-OUT/);
});

whereRoot('what was set is removed without a trace', () => {
  const { stdout } = spawnSync(
    'unshare',
    [
      '--net',
      'bash',
      '-c',
      `iptables -N DOCKER-USER; before=$(iptables -S; ip6tables -S); bash ${script} install; bash ${script} install; bash ${script} remove; [[ $before == "$(iptables -S; ip6tables -S)" ]] && echo same`,
    ],
    { encoding: 'utf8' },
  );
  expect(stdout.trim()).toBe('same');
});
