import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../../../demo/explain';
import { PortTaken } from '../../../runtime/processes/port-taken';
import { CommandFailed } from '../../../runtime/processes/run';
import { ServiceFailed } from '../../../runtime/processes/service';

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a full disk is named as such', () => {
  const error = thrownBy(() => writeFileSync('/dev/full', 'text'));
  expect(explain(error)).toMatch(/^the disk is full.*; make room, or name other places/);
});

test('a command that found the disk full says the same', () => {
  const error = new CommandFailed('initdb', 1, 'could not write to file: No space left on device');
  expect(explain(error)).toMatch(/^the disk is full/);
});

test('a place that cannot be written is named with a way out', () => {
  const error = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/somewhere' });
  expect(explain(error)).toMatch(/^\/somewhere cannot be written \(EACCES\); name other places/);
});

test('a service shows the end of its log and no stack trace', () => {
  const error = new ServiceFailed('LiteLLM', 'ended while starting', '/tmp/litellm.log', 'ValueError: no');
  expect(explain(error)).toBe('LiteLLM ended while starting, see /tmp/litellm.log; its last lines:\nValueError: no');
});

test('a service that lost every port it tried is named with the last one and what to do', () => {
  const error = new PortTaken(new ServiceFailed('the edge', '', '/tmp/edge.log', 'Address already in use'), 4001);
  expect(explain(error)).toBe(
    'the edge: other processes took every port it tried, last 4001; end what opens so many, then start again (log: /tmp/edge.log)',
  );
});

test('an unknown error is shown without a stack trace', () => {
  const directory = mkdtempSync(join(tmpdir(), 'explain-test-'));
  expect(explain(thrownBy(() => writeFileSync(directory, '')))).not.toContain('    at ');
});
