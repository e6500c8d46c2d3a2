/** Lets calls that ask for the same thing at the same time share one execution. */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Promise<T>>();

  /** @returns the result, and whether another caller's execution gave it */
  async run(key: string, execute: () => Promise<T>): Promise<{ result: T; shared: boolean }> {
    const flying = this.flights.get(key);
    if (flying) return { result: await flying, shared: true };
    const flight = execute().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return { result: await flight, shared: false };
  }
}
