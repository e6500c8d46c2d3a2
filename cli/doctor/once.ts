/** Remembers facts: each is measured once, by whoever needs it first. */
export class Once {
  private readonly facts = new Map<string, Promise<unknown>>();

  get<T>(name: string, measure: () => Promise<T>): Promise<T> {
    const known = this.facts.get(name) as Promise<T> | undefined;
    if (known) return known;
    const measured = measure();
    this.facts.set(name, measured);
    return measured;
  }
}
