/**
 * One JavaScript file of a TypeScript program of this checkout, with everything it imports; made again when a source has changed.
 *
 * @param entry - path of the program
 * @param options - of esbuild
 * @returns path of the bundle, which is executable by itself
 * @throws Error where esbuild fails, or nothing can be written
 */
export function bundle(entry: string, options?: object): string;
