import { parseImage, shortImage } from '../model/image-reference.ts';

/** What is different between two images, as short as it is clear: `image 11.0.1 → 11.0.3`. */
export function imageText(before: string, after: string): string {
  const [old, now] = [parseImage(before), parseImage(after)];
  const sameName = old?.repository === now?.repository && old?.registry === now?.registry;
  if (old === undefined || now === undefined || !sameName) return `image ${shortImage(before)} → ${shortImage(after)}`;
  const [oldTag, tag] = [old.tag ?? 'latest', now.tag ?? 'latest'];
  if (oldTag !== tag) return `image ${oldTag} → ${tag}`;
  const [oldDigest, digest] = [digestText(old.digest), digestText(now.digest)];
  return `image ${tag}, digest ${oldDigest} → ${digest}`;
}

function digestText(digest: string | undefined): string {
  return digest === undefined ? 'none' : digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
