/** Environment variables, as a command sees them. */
export type Environment = Readonly<Record<string, string | undefined>>;
