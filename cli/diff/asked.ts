import type { Options } from '../commands.ts';
import { UsageError } from '../usage-error.ts';

/** One side of what is asked for. */
export interface AskedSide {
  readonly source: { readonly kind: 'files' } | { readonly kind: 'commit'; readonly revision: string };
  readonly environment?: string;
}

export interface Asked {
  readonly before: AskedSide | { readonly source: { readonly kind: 'folder'; readonly folder: string } };
  readonly after: AskedSide;
  /** `A...B`: the old side is where the two parted. */
  readonly sinceParting: boolean;
}

/**
 * What is compared: `A..B`, `A...B`, `A` (with the working files) or nothing (HEAD with the working files); two
 * environments; the files of a folder with what would be rendered.
 *
 * @throws UsageError when it makes no sense together
 */
export function asked(range: string | undefined, options: Options): Asked {
  const named = typeof options.env === 'string' ? options.env.split(',') : [];
  if (named.length > 2) throw new UsageError('two environments can be compared, not more\nnext: name -e twice');
  const fromEnv = text(options.fromEnv) ?? named[0];
  const toEnv = text(options.toEnv) ?? named[1] ?? named[0];
  const folder = text(options.output);
  const { from, to, sinceParting } = revisions(range, options);
  if (folder !== undefined) {
    if (from !== undefined || to !== undefined || named.length > 1)
      throw new UsageError('-o compares a folder with the working files\nnext: leave out -o, or the revisions');
    return { before: { source: { kind: 'folder', folder } }, after: side(undefined, toEnv), sinceParting };
  }
  const old = from ?? (fromEnv === toEnv ? 'HEAD' : undefined);
  return { before: side(old, fromEnv), after: side(to, toEnv), sinceParting };
}

function revisions(range: string | undefined, options: Options) {
  const [from, to] = [text(options.from), text(options.to)];
  if (range === undefined) return { from, to, sinceParting: false };
  if (from !== undefined || to !== undefined)
    throw new UsageError(`'${range}' and --from or --to say the same\nnext: leave out one of them`);
  const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? [];
  const [start, end] = dots === undefined ? [range, undefined] : [left || 'HEAD', right || 'HEAD'];
  return { from: start, to: end, sinceParting: dots === '...' };
}

function side(revision: string | undefined, environment: string | undefined): AskedSide {
  const source = revision === undefined ? ({ kind: 'files' } as const) : ({ kind: 'commit', revision } as const);
  return environment === undefined ? { source } : { source, environment };
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
