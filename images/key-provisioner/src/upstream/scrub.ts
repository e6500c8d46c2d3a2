/** Removes anything that looks like a key or token from a text for the log, and cuts it to `length` characters. */
export const scrub = (text: string, length = 500): string =>
  text
    .replace(/sk-[\w-]{4,}/g, 'sk-…')
    .replace(/(bearer\s+)\S+/gi, '$1…')
    .slice(0, length);
