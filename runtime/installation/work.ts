/** What a long step is given: a way to say how far it is, and the wish of whoever waits to have it stopped. */
export interface Work {
  /** Shows one short line; the next one replaces it. */
  readonly report: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** For callers that show nothing. */
export const quietly: Work = { report: () => {} };
