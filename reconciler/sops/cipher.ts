import { createDecipheriv } from 'node:crypto';

/** A value of a SOPS file in its encrypted form. */
export interface Encrypted {
  readonly data: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  /** `str`, `int`, `float`, `bool`, `bytes`, `time` or `comment`. */
  readonly type: string;
}

/** `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]` (SOPS `aes/cipher.go`); undefined for any other text. */
export function parseEncrypted(text: string): Encrypted | undefined {
  const [, data, iv, tag, type] = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]$/s.exec(text) ?? [];
  if (data === undefined || iv === undefined || tag === undefined || type === undefined) return undefined;
  const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
  return { data: bytes(data), iv: bytes(iv), tag: bytes(tag), type };
}

/**
 * @param key 32 bytes
 * @param bound what the value is bound to besides the key: its path, `smtp:password:`
 * @returns undefined when the value, its place or the key is another than when it was encrypted
 */
export function decryptValue({ data, iv, tag }: Encrypted, key: Uint8Array, bound: string): Buffer | undefined {
  // Node takes shorter tags, which are quicker to forge.
  if (tag.length !== 16 || iv.length === 0) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bound, 'utf8'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return undefined;
  }
}
