/** Keeps what was learned: each fact is asked for once, whoever asks first. */
export class Once {
  private readonly facts = new Map<string, Promise<unknown>>();

  get<T>(name: string, learn: () => Promise<T>): Promise<T> {
    const known = this.facts.get(name) as Promise<T> | undefined;
    if (known) return known;
    const learned = learn();
    this.facts.set(name, learned);
    return learned;
  }
}
