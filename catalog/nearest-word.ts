import { distance } from 'fastest-levenshtein';

/** The word that was probably meant, if one is near enough. */
export function nearestWord(value: string, words: readonly string[]): string | undefined {
  const prefixed = value.length > 2 ? words.find((word) => word.startsWith(value)) : undefined;
  if (prefixed) return prefixed;
  const [best] = words.map((word) => ({ word, far: distance(value, word) })).sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(2, Math.floor(value.length / 2)) ? best.word : undefined;
}

/** The same as the end of a message; nothing where no word is near. */
export function didYouMean(value: unknown, words: readonly string[]): string {
  const word = typeof value === 'string' ? nearestWord(value, words) : undefined;
  return word ? `; did you mean "${word}"?` : '';
}
