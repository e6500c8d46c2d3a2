import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { compare } from '../../../../cli/review/compare';
import { type Finding, findingsOf } from '../../../../cli/review/finding';
import { format, type Review } from '../../../../cli/review/formats/format';
import { Locations } from '../../../../cli/review/formats/locations';
import { synthesize } from './variant';

const ROOT = join(__dirname, '..', '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'gateway-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = `name: ai-gateway

policies:
  workspace:
    max_budget: 100
    rpm_limit: 60
models: { small: claude-haiku-4-5 } # the default is not written down
volumes:
  keep_on_destroy: false
`;
const settings = join(folder, 'gateway.yaml');
writeFileSync(settings, SETTINGS);
const locations = new Locations(settings, ROOT);
const line = (finding: Finding) => {
  const { file, line: number } = locations.of(finding);
  const text = readFileSync(file === settings ? settings : join(ROOT, file), 'utf8')
    .split('\n')
    [number - 1]?.trim();
  return [file === settings ? 'gateway.yaml' : file, text];
};
const about = (...path: string[]) => findingsOf('other')('low', 'test', 'text', [path]);

const before = synthesize();
const after = synthesize({
  settings: (yaml) => `${yaml.replace('max_budget: 10,', 'max_budget: 100,')}volumes: { keep_on_destroy: false }\n`,
  catalog: (models) => {
    Object.assign(models.find(({ name }) => name === 'claude-haiku-5-5')?.deployments[0]?.prices ?? {}, { input: 9 });
  },
  pinned: { seed: 'busybox:1.38.0' },
});
const review: Review = { base: 'main', before, after, findings: compare(before, after), locations };

/** The schema of the standard, as an official package ships it. Draft 4: only how it names itself differs from what ajv reads. */
function sarifSchema(): object {
  const { $schema: _draft, id: _id, ...schema } = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  return schema;
}
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(sarifSchema());

test('SARIF of a review is valid by the official schema of 2.1.0', () => {
  const log = JSON.parse(format('sarif', review));
  isSarif(log);
  expect(isSarif.errors).toBeNull();
  expect(log.runs[0].results).toHaveLength(review.findings.length);
  // The schema does refuse: an empty review is valid, one without its version is not.
  const empty = JSON.parse(format('sarif', { ...review, findings: [] }));
  expect(isSarif(empty)).toBe(true);
  expect(isSarif({ ...empty, version: undefined })).toBe(false);
});

test('SARIF says how bad a finding is, by which rule, and where it comes from', () => {
  const [run] = JSON.parse(format('sarif', review)).runs;
  const result = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'data/deleted-on-destroy');
  expect(result).toMatchObject({ level: 'error', properties: { severity: 'high', paths: ['volumes'] } });
  expect(result.message.text).not.toMatch(/[`*]/);
  expect(run.tool.driver.rules[result.ruleIndex]).toMatchObject({
    id: 'data/deleted-on-destroy',
    shortDescription: { text: 'Data: deleted on destroy' },
  });
  expect(run.results.map(({ ruleIndex }: { ruleIndex: number }) => run.tool.driver.rules[ruleIndex].id)).toEqual(
    review.findings.map(({ rule }) => rule),
  );
});

test('a finding points to the line of the setting that it comes from, or of the innermost group that is there', () => {
  expect(line(about('policies', 'workspace', 'max_budget'))).toEqual(['gateway.yaml', 'max_budget: 100']);
  expect(line(about('policies', 'workspace', 'models'))).toEqual(['gateway.yaml', 'workspace:']);
  expect(line(about('policies', 'ci', 'max_budget'))).toEqual(['gateway.yaml', 'policies:']);
  expect(line(about('volumes', 'keepOnDestroy'))).toEqual(['gateway.yaml', 'keep_on_destroy: false']);
  expect(line(about('defaults', 'model'))[1]).toMatch(/^models:/);
  expect(line(about('keyProvisioner', 'confirmWorkspaces'))).toEqual(['gateway.yaml', 'name: ai-gateway']);
});

test('a finding about a model points to its entry in the catalog, and one about a place to that place', () => {
  expect(line(about('models', 'claude-opus-5-5', 'lifecycle'))).toEqual([
    'catalog/catalog.ts',
    "name: 'claude-opus-5-5',",
  ]);
  expect(
    line(about('models', 'claude-haiku-5-5', 'deployments', 'anthropic/claude-haiku-5-5', 'prices', 'input')),
  ).toEqual(['catalog/catalog.ts', "model: 'claude-haiku-5-5',"]);
  expect(line(about('models', 'removed-model'))).toEqual(['catalog/catalog.ts', 'export const catalog = [']);
  expect(line(about('images', 'seed'))).toEqual(['workloads/images.json', expect.stringContaining('"seed": "busybox')]);
});

test('annotations are one workflow command per finding, each of them whole', () => {
  const lines = format('github', review).trimEnd().split('\n');
  expect(lines).toHaveLength(review.findings.length);
  for (const each of lines) expect(each).toMatch(/^::(error|warning|notice) file=[^,:]+,line=\d+,title=[^,:]+::.+$/);
  expect(lines[0]).toMatch(/^::error /);
});

test('annotations escape what would end or forge a command', () => {
  const finding = findingsOf('other')('high', 'test', '100%\r\n::error::forged, a:b', []);
  const odd: Locations = Object.assign(Object.create(Locations.prototype), {
    of: () => ({ file: 'a,b:c%.yaml', line: 3 }),
  });
  expect(format('github', { ...review, findings: [finding], locations: odd })).toBe(
    '::error file=a%2Cb%3Ac%25.yaml,line=3,title=Everything else (high)::100%25%0D%0A::error::forged, a:b\n',
  );
});

test('JSON has the same findings, with their rules and places', () => {
  const { base, verdict, severities, findings } = JSON.parse(format('json', review));
  expect({ base, verdict }).toEqual({ base: 'main', verdict: expect.stringContaining('Look closely') });
  expect(severities.high).toBe(findings.filter(({ severity }: Finding) => severity === 'high').length);
  expect(findings).toContainEqual(
    expect.objectContaining({
      severity: 'high',
      area: 'policies',
      rule: 'policies/budget',
      paths: ['policies.workspace.max_budget', 'policies.workspace.budget_duration'],
    }),
  );
});
