import { distance } from 'fastest-levenshtein';

/** The word that somebody may have meant; nothing where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known.map((name) => ({ name, far: distance(name, word) })).sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(1, word.length / 2) ? best.name : undefined;
}
