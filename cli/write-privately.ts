import writeFileAtomic from 'write-file-atomic';

/** Writes a whole file readable by its owner alone; whoever looks sees the old content or the new, never half of it. */
export async function writePrivately(file: string, content: string): Promise<void> {
  await writeFileAtomic(file, content, { mode: 0o600 });
}
