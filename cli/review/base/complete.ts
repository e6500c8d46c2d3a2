import type { Synthesized } from '../comparison';
import { describeOlder } from './older';
import type { Output } from './output';

/** Both sides of a review; a base that wrote no description gets the one that its files allow. */
export function complete(base: Output, head: Output): { readonly before: Synthesized; readonly after: Synthesized } {
  const after = withDescription(head);
  return {
    before: base.deployment === undefined ? describeOlder(base, after.deployment) : withDescription(base),
    after,
  };
}

function withDescription(output: Output): Synthesized {
  if (output.deployment === undefined) throw new Error('this checkout wrote no deployment.json');
  return output;
}
