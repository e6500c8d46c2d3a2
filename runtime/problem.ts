/** An error that the user can correct: what was wrong, and what to do. Shown without a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
}
