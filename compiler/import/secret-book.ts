import { uniqueLabels, variableName } from './names.ts';
import type { Place } from './node.ts';

export interface SecretEntry {
  readonly id: string;
  readonly source: { readonly env: string } | { readonly file: string };
  /** Where its value is now, for whoever moves it: never the value itself. */
  readonly from?: Place | undefined;
}

/** The secrets of the platform, each once. Values are only compared, and never leave this book. */
export interface SecretBook {
  /** A value that stands in the file: the same value is the same secret. */
  readonly literal: (suggested: string, value: string, from: Place) => string;
  /** A value that an environment variable has. */
  readonly variable: (variable: string) => string;
  /** A value that a file has. */
  readonly file: (suggested: string, path: string) => string;
  readonly entries: () => readonly SecretEntry[];
}

export function openSecretBook(): SecretBook {
  const unique = uniqueLabels(new Set(), 'secret');
  const byKey = new Map<string, SecretEntry>();
  const put = (key: string, make: () => SecretEntry): string => {
    const entry = byKey.get(key) ?? make();
    byKey.set(key, entry);
    return entry.id;
  };
  return {
    literal: (suggested, value, from) =>
      put(`value ${value}`, () => {
        const id = unique(suggested);
        return { id, source: { env: variableName(id) }, from };
      }),
    variable: (variable) =>
      // The name that AutoGit gives a secret in the Compose files that it renders.
      put(`variable ${variable}`, () => ({
        id: unique(variable.replace(/^AUTOGIT_SECRET_/, '')),
        source: { env: variable },
      })),
    file: (suggested, path) => put(`file ${path}`, () => ({ id: unique(suggested), source: { file: path } })),
    entries: () => [...byKey.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
