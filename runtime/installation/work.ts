/** What a long step is given: a way to report progress, and a signal that ends it early. */
export interface Work {
  /** Shows one short line; the next one replaces it. */
  readonly report: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** For callers that show nothing. */
export const quietly: Work = { report: () => {} };
