import { dockerHealth, goDuration, healthyWithinSeconds } from '../../../../constructs/docker/health';

test.each([
  [5, '5s'],
  [59, '59s'],
  [60, '1m0s'],
  [90, '1m30s'],
  [3600, '1h0m0s'],
])('%d seconds are written as Docker stores them: %s', (seconds, text) => {
  expect(goDuration(seconds)).toBe(text);
});

const health = {
  command: ['true', '${x}'],
  intervalSeconds: 10,
  timeoutSeconds: 5,
  retries: 3,
  startPeriodSeconds: 30,
} as const;

test('a health check runs without a shell, and its text is no template', () => {
  expect(dockerHealth({ ...health, command: ['true', '${x}'] }).test).toEqual(['CMD', 'true', '$${x}']);
});

test('a container is waited for until its health is decided', () => {
  expect(healthyWithinSeconds({ ...health, command: ['true'] })).toBe(75);
});
