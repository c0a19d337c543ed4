import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const iterations = 10_000;

/** A hash in the shape that Authelia prints for PBKDF2. */
export function digestOf(plain: string, salt = randomBytes(16)): string {
  const hash = pbkdf2Sync(plain, salt, iterations, 64, 'sha512');
  return `$pbkdf2-sha512$${iterations}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether a hash of `digestOf` is one of this text; false for anything else. */
export function isDigestOf(digest: string, plain: string): boolean {
  const salt = /^\$pbkdf2-sha512\$\d+\$([\w-]+)\$/.exec(digest)?.[1];
  if (salt === undefined) return false;
  const [given, expected] = [Buffer.from(digestOf(plain, Buffer.from(salt, 'base64url'))), Buffer.from(digest)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
