/** What one may do with programs and packages under a licence, by its SPDX id (https://spdx.org/licenses/). */
export interface KnownLicence {
  readonly name: string;
  /**
   * `permissive`: may be built into AutoGit, whose own licence is MIT. `apart`: may be run beside it as a program of its
   * own, never built into it. A licence that is in neither has not been looked at.
   */
  readonly use: 'permissive' | 'apart';
  /** For those apart: what it asks of whoever runs the program. */
  readonly asks?: string;
}

const gplAsks = 'Whoever passes the program on passes its source on. To run it asks nothing.';
const agplAsks =
  'Whoever changes the program and lets others use it over a network offers them the changed source. To run it unchanged, as AutoGit does, asks nothing.';
const weakAsks = 'Whoever passes a changed file of it on passes its source on. To run it asks nothing.';

export const knownLicences: Readonly<Record<string, KnownLicence>> = {
  '0BSD': { name: 'BSD Zero Clause', use: 'permissive' },
  'AGPL-3.0-only': { name: 'GNU Affero General Public License 3', use: 'apart', asks: agplAsks },
  'AGPL-3.0-or-later': { name: 'GNU Affero General Public License 3 or later', use: 'apart', asks: agplAsks },
  'Apache-2.0': { name: 'Apache License 2.0', use: 'permissive' },
  'BSD-2-Clause': { name: 'BSD with two clauses', use: 'permissive' },
  'BSD-3-Clause': { name: 'BSD with three clauses', use: 'permissive' },
  'BlueOak-1.0.0': { name: 'Blue Oak Model License', use: 'permissive' },
  'GPL-2.0-only': { name: 'GNU General Public License 2', use: 'apart', asks: gplAsks },
  'GPL-2.0-or-later': { name: 'GNU General Public License 2 or later', use: 'apart', asks: gplAsks },
  'GPL-3.0-only': { name: 'GNU General Public License 3', use: 'apart', asks: gplAsks },
  'GPL-3.0-or-later': { name: 'GNU General Public License 3 or later', use: 'apart', asks: gplAsks },
  ISC: { name: 'ISC', use: 'permissive' },
  MIT: { name: 'MIT', use: 'permissive' },
  'MPL-2.0': { name: 'Mozilla Public License 2.0', use: 'apart', asks: weakAsks },
  'PSF-2.0': { name: 'Python Software Foundation License 2', use: 'permissive' },
  PostgreSQL: { name: 'PostgreSQL License', use: 'permissive' },
  'Python-2.0': { name: 'Python License 2.0', use: 'permissive' },
  Unlicense: { name: 'The Unlicense', use: 'permissive' },
};

/** The licences of an SPDX expression that one may choose between: `MIT OR Apache-2.0` → two. Undefined for any other form. */
export function choicesOf(expression: string): readonly string[] | undefined {
  const bare = /^\((.+)\)$/.exec(expression)?.[1] ?? expression;
  const choices = bare.split(' OR ');
  return choices.every((each) => /^[A-Za-z0-9.+-]+$/.test(each)) ? choices : undefined;
}
