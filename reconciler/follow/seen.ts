import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A revision that was delivered, and whether it did not contain the one before. */
export interface Seen {
  readonly revision: string;
  readonly rewritten: boolean;
}

/**
 * The revision that was delivered last, kept over restarts to notice a rewritten branch.
 * @param of repository and branch; what was seen of others is unknown
 */
export function openSeen(path: string, of: string): { get(): Seen | undefined; set(value: Seen): void } {
  return {
    get() {
      try {
        const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Seen & { of: string }> | null;
        if (value?.of !== of || typeof value.revision !== 'string' || !/^[0-9a-f]{40,64}$/.test(value.revision))
          return undefined;
        return { revision: value.revision, rewritten: value.rewritten === true };
      } catch {
        return undefined;
      }
    },
    set(value) {
      writeFileSync(`${path}.new`, JSON.stringify({ of, ...value }), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
