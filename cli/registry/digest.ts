import { createHash } from 'node:crypto';
import type { ImageReference } from '../../compiler/model/image-reference.ts';
import { fail, type Result } from '../../reconciler/model/result.ts';

/** `sha256:…` of what was received. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Undefined when the bytes are those of the digest. What comes by another digest is never used. */
export function checkDigest(
  bytes: Uint8Array,
  digest: string,
  { registry, repository }: ImageReference,
): Result<never> | undefined {
  const is = digestOfBytes(bytes);
  if (is === digest) return undefined;
  const short = (text: string) => text.slice(0, 'sha256:'.length + 12);
  return fail(
    'rejected',
    `${registry} sent other bytes for ${repository} (${short(is)}) than their digest says (${short(digest)}); something on the way changes images, or the registry is damaged`,
  );
}
