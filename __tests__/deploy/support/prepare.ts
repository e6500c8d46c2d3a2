/**
 * Usage: node --import tsx __tests__/deploy/support/prepare.ts
 *
 * Makes what the deploy suite needs and a new machine has not: Terraform's providers, base images and the workspace image, on
 * the Docker daemon that runs; not Coder, for which one test alone has to wait. `make test` runs it beside the first suites; running it again takes seconds.
 */
import { recordTime } from '../../../scripts/test/record';
import { prepareMachine, workspaceImage } from '../workspace/machine';
import { baseImages } from './base-images';

const steps: readonly (readonly [name: string, step: () => unknown])[] = [
  ['base images', baseImages],
  ['images of workspaces and Terraform’s providers', prepareMachine],
  ['the workspace image with every agent', workspaceImage],
];

for (const [name, step] of steps) {
  const started = Date.now();
  step();
  recordTime('preparation', name, started);
}
