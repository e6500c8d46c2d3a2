/**
 * Usage: node --import tsx __tests__/deploy/support/prepare.ts
 *
 * Makes what the deploy suite needs and a new machine has not: a Docker daemon, Terraform's providers, base images, the
 * workspace image and a Coder server. `make test` runs it beside the suites that mostly wait; running it again takes seconds.
 */
import { prepareMachine, run, workspaceImage } from '../workspace/machine';
import { baseImages } from './base-images';

baseImages();
prepareMachine();
workspaceImage();
run('scripts/stand-in-images.sh', ['coder']);
