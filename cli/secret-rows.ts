import type { SecretUse } from '../compiler/secrets.ts';

/** What is known of one secret. Never its value. */
export interface SecretRow {
  readonly id: string;
  /** For people: `environment variable SMTP_PASSWORD`. */
  readonly from: string;
  readonly users: readonly string[];
  /** `missing`: it is needed and cannot be read. */
  readonly state: 'there' | 'to-be-made' | 'in-cluster' | 'missing';
  /** Why it cannot be read, and the next step. */
  readonly detail?: string;
}

/** Where a value comes from, for people. */
export function sourceText(source: SecretUse['source']): string {
  switch (source.kind) {
    case 'env':
      return `environment variable ${source.variable}`;
    case 'file':
      return `file ${source.path}`;
    case 'generate':
      return 'generated';
    case 'sops':
      return `SOPS ${source.path}#${source.pointer}`;
    case 'kubernetes':
      return `Kubernetes Secret ${source.name}, key ${source.key}`;
  }
}

const words = {
  there: 'can be read',
  'to-be-made': 'is made when it is first needed',
  'in-cluster': 'is in the cluster',
  missing: 'CANNOT BE READ',
} as const;

/** A table, and below it why each missing one cannot be read. */
export function secretRowsText(rows: readonly SecretRow[]): string {
  if (rows.length === 0) return 'the platform has no secrets\n';
  const cells = rows.map(({ id, from, state, users }) => [id, from, words[state], users.join(', ') || 'nobody']);
  const all = [['secret', 'from', 'now', 'used by'], ...cells];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const lines = all.map((row) =>
    row.map((cell, column) => (column === 3 ? cell : cell.padEnd(width(column)))).join('  '),
  );
  const missing = rows.flatMap(({ detail }) => (detail === undefined ? [] : [`  ${detail}`]));
  return `${lines.join('\n')}\n${missing.length === 0 ? '' : `\n${missing.join('\n')}\n`}`;
}
