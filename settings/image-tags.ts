/** Images that are built by whoever deploys; what their tags mean is theirs to say, as long as no tag says that it moves. */
const OWN_IMAGES = ['key_provisioner', 'workspace'] as const;
/** Numbers in a full version where it is not three. */
const NUMBERS: Readonly<Record<string, number>> = { postgres: 2 };

/** Words in a tag that promise whatever is newest, unless a full version stands beside them (`main-v1.104.2-stable`). */
const MOVING =
  /^(?:newest|current|stable|mainline|main|master|trunk|head|tip|dev|devel|develop|development|edge|nightly|daily|weekly|canary|rolling|unstable|testing|preview|next|lts|prod|production|staging|release)$/i;
/** Words that do so in any case. */
const ALWAYS_MOVING = /^(?:latest|snapshot)$/i;

/**
 * Why an image reference may mean another image tomorrow; undefined where it cannot. A digest never does. A tag does unless it holds
 * a full version (`v1.104.2`, `17.6-bookworm`), a date or a commit.
 *
 * @param name the image's name in the settings, `litellm`
 */
export function floatingTag(name: string, reference: string): string | undefined {
  if (reference.includes('@sha256:')) return undefined;
  const tag = tagOf(reference);
  if (tag === undefined)
    return 'it needs a tag or a digest; without one it is ":latest", which would change without a diff';
  const floats = `a floating tag (":${tag}") would change without a diff; name a version`;
  const words = tag.split(/[-_.+]/);
  if (words.some((word) => ALWAYS_MOVING.test(word))) return floats;
  const numbers = NUMBERS[name] ?? 3;
  if (hasVersion(tag, numbers) || isDated(tag)) return undefined;
  if ((OWN_IMAGES as readonly string[]).includes(name) && !words.some((word) => MOVING.test(word))) return undefined;
  return `${floats} with ${numbers === 2 ? 'both' : 'all three'} of its numbers, such as "${EXAMPLES[numbers]}", or a digest`;
}

const EXAMPLES: Readonly<Record<number, string>> = { 2: '17.6', 3: '3.2.4' };

/** The tag of a reference; a registry's port (`registry:5000/image`) is none. */
function tagOf(reference: string): string | undefined {
  const [, tag] = reference.slice(reference.lastIndexOf('/') + 1).split(':');
  return tag || undefined;
}

const hasVersion = (tag: string, numbers: number) =>
  new RegExp(`(?:^|[-_v])v?\\d+(?:\\.\\d+){${numbers - 1},}(?![\\d])`).test(tag);

/** A date (20261126, 2026-11-26, 2026.11.26) or a commit (7 to 40 hexadecimal digits, one of them a number). */
const isDated = (tag: string) =>
  /(?:^|\D)20\d{2}([-.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/.test(tag) ||
  tag.split(/[-_.+]/).some((word) => /^g?(?=[a-f]*\d)[0-9a-f]{7,64}$/.test(word));
