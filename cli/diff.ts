import { type Compared as ComparedSide, compare } from '../compiler/diff.ts';
import { maskedValue, secretsIn } from '../compiler/secrets-in.ts';
import { catalog } from '../library/catalog.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { type Asked, type AskedSide, asked } from './diff/asked.ts';
import { GitFailure, openRepository, type Repository } from './diff/git-files.ts';
import { type CompiledSide, compileSide } from './diff/sides.ts';
import type { Compared } from './diff/words.ts';
import { exitCode } from './exit-code.ts';
import { otherTarget } from './other-target.ts';
import { readOutput, textIn } from './read-output.ts';
import { type Terminal, terminal } from './terminal.ts';
import { explained, Unavailable, UsageError } from './usage-error.ts';

/**
 * `autogit diff`: what is different between two revisions, two environments, or a folder and what would be rendered, by
 * text and by meaning. 0 when nothing is, 2 when something is (0 with `--exit-zero`), 1 when a file is wrong, 64 for a
 * revision that is not there, 69 when git or the folder cannot be used.
 */
export async function runDiff([range]: readonly (string | undefined)[], options: Options): Promise<number> {
  const screen = terminal();
  try {
    const file = String(options.file);
    if (file === '-')
      throw new UsageError('standard input has no revisions and no folder\nnext: name the file with -f');
    const question = asked(range, options);
    const difference = await compared(question, file, options, screen);
    if (difference === undefined) return exitCode.failed;
    screen.out(await written(difference, String(options.format)));
    const isSame = difference.changes.length + difference.files.length === 0;
    return isSame || options.exitZero === true ? exitCode.fine : exitCode.different;
  } catch (error) {
    if (error instanceof GitFailure) {
      screen.err(`autogit: ${error.message}\nnext: ${error.next}\n`);
      return error.isUsage ? exitCode.usage : exitCode.unavailable;
    }
    return explained(error);
  }
}

/** Undefined when a side cannot be compiled, which was said. */
async function compared(
  { before, after, sinceParting }: Asked,
  file: string,
  options: Options,
  screen: Terminal,
): Promise<Compared | undefined> {
  const target = options.target as 'compose' | 'kubernetes' | undefined;
  let opened: Promise<Repository> | undefined;
  const repository = () => {
    opened ??= openRepository(file);
    return opened;
  };
  const right = await compileSide({ side: after, file, target, repository });
  const now = await usable(right, screen);
  if (now === undefined) return undefined;
  if (now === 'absent') throw new GitFailure(`there is no ${file} in ${right.label}`, 'name the file with -f', true);
  if (before.source.kind === 'folder') {
    const { folder } = before.source;
    const old = { kind: 'files', files: inFolder(folder, now) } as const;
    const difference = await compare({ before: old, after: now, catalog });
    return masked({ from: folder, to: right.label, ...difference }, [right]);
  }
  const side = sinceParting ? await parted(before as AskedSide, after, repository) : (before as AskedSide);
  const left = await compileSide({ side, file, target, repository });
  const old = await usable(left, screen);
  if (old === undefined) return undefined;
  const difference = await compare({ before: old === 'absent' ? { kind: 'none' } : old, after: now, catalog });
  return masked({ from: left.label, to: right.label, ...difference }, [left, right]);
}

/** A secret that stands in a file as plain text is not carried on into the log of a job or a comment. */
async function masked(difference: Compared, sides: readonly CompiledSide[]): Promise<Compared> {
  const found = await Promise.all(sides.map((side) => (side.kind === 'absent' ? [] : secretsIn(side.bytes))));
  const secrets = found.flat();
  const { changes, files } = difference;
  return {
    ...difference,
    changes: changes.map((change) => {
      const { details, effects, steps } = change;
      return { ...change, ...maskedValue({ details, effects, steps }, secrets) };
    }),
    files: files.map((file) => {
      const { before, after } = file;
      return { ...file, ...maskedValue({ before, after }, secrets) };
    }),
  };
}

/** The same side, where its history parted from that of the other. */
async function parted(side: AskedSide, other: AskedSide, repository: () => Promise<Repository>): Promise<AskedSide> {
  if (side.source.kind === 'files' || other.source.kind === 'files') return side;
  const base = await (await repository()).mergeBase(side.source.revision, other.source.revision);
  return { ...side, source: { kind: 'commit', revision: base } };
}

type Usable = Extract<ComparedSide, { kind: 'compiled' }>;

/** What was compiled; undefined when it is wrong, after saying so. Warnings are for `validate`. */
async function usable(side: CompiledSide, screen: Terminal): Promise<Usable | 'absent' | undefined> {
  if (side.kind === 'absent') return 'absent';
  const { platform, rendered, diagnostics } = side.compiled;
  if (platform !== undefined && rendered !== undefined) return { kind: 'compiled', platform, rendered };
  const { file, bytes, lock } = side;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  await reportDiagnostics({ ...screen, diagnostics: errors, file, bytes, lock, format: 'text' });
  return undefined;
}

/** What lies in the folder, of the files that AutoGit wrote or would write there. */
function inFolder(folder: string, { rendered }: Usable): ReadonlyMap<string, string> {
  const there = readOutput(folder, rendered.manifests);
  if (there.kind === 'failed') throw new Unavailable(`autogit: ${there.message}\nnext: ${there.next}`);
  const other = otherTarget(there.present.keys(), rendered.manifests);
  if (other !== undefined)
    throw new UsageError(
      `${folder} holds what is rendered for ${other}, and this is not\nnext: add --target ${other}, or name another folder with -o`,
    );
  const files = [...there.present].filter(([, { kind }]) => kind === 'file');
  return new Map(files.map(([path]) => [path, textIn(there, path)]));
}

async function written(difference: Compared, format: string): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('./diff/json.ts')).differenceJson(difference);
    case 'markdown':
      return (await import('./diff/markdown.ts')).differenceMarkdown(difference);
    default:
      return (await import('./diff/text.ts')).differenceText(difference);
  }
}
