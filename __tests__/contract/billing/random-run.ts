import { APIS, type Api, FORMS, type Form, request, type Usage } from './requests';

const MODELS = [
  'claude-sonnet-5-5',
  'claude-opus-5-5',
  'claude-haiku-5-5',
  'claude-haiku-4-5',
  'bedrock-claude-sonnet',
];

interface RandomRequest {
  readonly api: Api;
  readonly model: string;
  readonly form: Form;
  readonly told: object;
  /** Milliseconds after which the client goes away. */
  readonly cutAfter?: number;
}

/** Requests by chance, the same for the same seed. */
export class RandomRun {
  private readonly counts: Record<string, number> = {};

  constructor(
    private readonly gatewayUrl: string,
    private readonly key: string,
    private readonly seed: number,
  ) {
    this.state = seed;
  }

  private state: number;

  requests(count: number): RandomRequest[] {
    return Array.from({ length: count }, (_, index) => this.one(index));
  }

  /** Sends one and reads its answer, or goes away in the middle. */
  async send({ api, model, form, told, cutAfter }: RandomRequest): Promise<void> {
    const { path, body } = request(api, model, form, told);
    const cut = cutAfter === undefined ? undefined : AbortSignal.timeout(cutAfter);
    try {
      const response = await fetch(`${this.gatewayUrl}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify(body),
        ...(cut ? { signal: cut } : {}),
      });
      await response.text();
      this.note(`status ${response.status}`);
    } catch (error) {
      if (!cut?.aborted) throw error;
      this.note('cut by the client');
    }
  }

  /** What the run was made of. */
  told(): string {
    const counts = Object.entries(this.counts).sort(([a], [b]) => a.localeCompare(b));
    return `seed ${this.seed}: ${counts.map(([what, count]) => `${count} ${what}`).join(', ')}`;
  }

  private one(index: number): RandomRequest {
    const api = this.pick(APIS);
    const model = this.pick(MODELS);
    const form = this.pick(FORMS);
    const kind = this.pick(['plain', 'plain', 'plain', 'retried', 'failed over', 'cut', 'broken'] as const);
    const bedrock = model.startsWith('bedrock');
    const told = { id: `random ${index}`, usage: this.usage(bedrock) };
    const plain = { api, model, form: bedrock && form !== 'whole' ? 'cumulative' : form, told } as const;
    this.note(kind);
    if (kind === 'retried' && !bedrock)
      return { ...plain, told: { ...told, failing: this.pick([[429], [529], [500], [500, 529]]) } };
    // Anthropic fails as often as it is asked; Bedrock answers.
    if (kind === 'failed over')
      return {
        ...plain,
        model: 'claude-haiku-4-5',
        told: { ...told, failing: Array(9).fill(529), usage: this.usage(true) },
      };
    if (kind === 'cut' && !bedrock)
      return { ...plain, form: 'cumulative', told: { ...told, pauseMs: 60 }, cutAfter: 40 + this.below(200) };
    if (kind === 'broken' && !bedrock) return { ...plain, form: 'cumulative', told: { ...told, breaks: true } };
    return plain;
  }

  private usage(tokensOnly: boolean): Usage {
    const [short, hour] = [this.below(2) * this.below(20_000), this.below(2) * this.below(40_000)];
    return {
      input_tokens: 1 + this.below(60_000),
      output_tokens: 20 + this.below(4000),
      cache_read_input_tokens: this.below(2) * this.below(90_000),
      cache_creation_input_tokens: short + hour,
      cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: hour },
      ...(tokensOnly ? {} : { server_tool_use: { web_search_requests: this.below(4) } }),
    };
  }

  private note(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** A whole number from 0 (Mulberry32). */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}
