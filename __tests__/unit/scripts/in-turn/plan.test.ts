import { inTurn, type Plan, unread } from '../../../../scripts/in-turn/plan';

const CONTAINER = { image: 'litellm:1' };
const change = (address: string, actions: string[], after: Record<string, unknown> | null = CONTAINER) => ({
  address,
  change: { actions, before: actions.join() === 'create' ? null : CONTAINER, after },
});
const plan = (...resource_changes: Plan['resource_changes']): Plan => ({ resource_changes });
const [FIRST, SECOND, THIRD] = ['litellm', 'litellm_2', 'litellm_10'].map((name) => `docker_container.${name}`) as [
  string,
  string,
  string,
];
const REPLACE = ['delete', 'create'];

test('all but the first LiteLLM are replaced before it, in the order of their numbers', () => {
  expect(inTurn(plan(change(THIRD, REPLACE), change(FIRST, REPLACE), change(SECOND, REPLACE)))).toEqual([
    SECOND,
    THIRD,
  ]);
});

test('one that is added is there before the first is replaced', () => {
  expect(inTurn(plan(change(FIRST, REPLACE), change(SECOND, ['create'])))).toEqual([SECOND]);
});

test.each([
  ['of a new deployment', plan(change(FIRST, ['create']), change(SECOND, ['create']))],
  ['with one LiteLLM', plan(change(FIRST, REPLACE))],
  ['that replaces one of two', plan(change(FIRST, ['no-op']), change(SECOND, REPLACE))],
  ['that takes replicas away', plan(change(FIRST, REPLACE), change(SECOND, ['delete'], null))],
])('a plan %s is applied at once', (_, one) => {
  expect(inTurn(one)).toEqual([]);
});

test('a step that is not in the plan that was read, or differs from it, is named', () => {
  const read = plan(change(FIRST, REPLACE), change(SECOND, REPLACE));
  expect(unread(plan(change(SECOND, REPLACE)), read)).toEqual([]);
  expect(unread(plan(change(SECOND, REPLACE, { image: 'litellm:2' })), read)).toEqual([SECOND]);
  expect(unread(plan(change(THIRD, ['create'])), read)).toEqual([THIRD]);
  expect(unread(plan(change(FIRST, ['delete'], null)), read)).toEqual([FIRST]);
});

test('what becomes known on the way does not count as another value', () => {
  const read = plan(change(SECOND, REPLACE, { image: 'litellm:1' }));
  expect(unread(plan(change(SECOND, REPLACE, { image: 'litellm:1', id: 'abc' })), read)).toEqual([]);
});
