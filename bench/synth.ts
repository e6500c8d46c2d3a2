/**
 * Our synth against `cdktf synth`: medians of some runs each, and their ratio. Goal: five times faster.
 *
 *   node --import tsx bench/synth.ts [runs]
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainErrors } from '../plain-errors';

plainErrors('bench/synth');

const GOAL = 5;
const runs = Number(process.argv[2] ?? 3);
const root = join(__dirname, '..');
const outdir = mkdtempSync(join(tmpdir(), 'gateway-bench-'));

function seconds(program: string, args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: outdir, CHECKPOINT_DISABLE: '1', DISABLE_VERSION_CHECK: '1', CI: '1' },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  const ours: number[] = [];
  const theirs: number[] = [];
  // In turns, so that other work on the machine slows both alike.
  for (let run = 0; run < runs; run++) {
    ours.push(seconds('node', ['bin/synth']));
    theirs.push(seconds('npx', ['--no-install', 'cdktf', 'synth', '--output', outdir]));
  }
  const ratio = median(theirs) / median(ours);
  console.log(`ours         ${median(ours).toFixed(2)} s`);
  console.log(`cdktf synth  ${median(theirs).toFixed(2)} s`);
  console.log(`ratio        ${ratio.toFixed(1)} (goal ${GOAL}: ${ratio >= GOAL ? 'met' : 'missed'})`);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
