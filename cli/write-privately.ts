import writeFileAtomic from 'write-file-atomic';

/** Replaces a file by one that only its owner can read. A reader sees the old content or the new, never a part of it. */
export async function writePrivately(file: string, content: string): Promise<void> {
  await writeFileAtomic(file, content, { mode: 0o600 });
}
