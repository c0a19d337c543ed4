import { compile } from '../../compiler/compile.ts';
import { compare, type Difference } from '../../compiler/diff.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

type Target = 'compose' | 'kubernetes';

/** A file with a name and a domain, compiled; a file that is wrong ends the test. */
export async function compiled(rest: string, target: Target = 'compose', head = 'name: home\ndomain: home.lan\n') {
  const bytes = Buffer.from(head + rest);
  const { platform, rendered, diagnostics } = await compile({ file: 'autogit.yaml', bytes, target, catalog, targets });
  if (platform === undefined || rendered === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return { kind: 'compiled', platform, rendered } as const;
}

export async function difference(before: string, after: string, target: Target = 'compose'): Promise<Difference> {
  return compare({ before: await compiled(before, target), after: await compiled(after, target), catalog });
}

/** What a reviewer is told, without the rendered files: a line for each change, its risks, effects and steps below. */
export async function meaning(before: string, after: string, target: Target = 'compose'): Promise<string> {
  return textOf(await difference(before, after, target));
}

export function textOf({ changes }: Difference): string {
  return changes
    .map(({ what, kind, id, details, effects, steps, risks }) =>
      [
        `${what} ${kind} ${id}: ${details.join(', ')} [${risks.join(' ')}]`,
        ...effects.map((effect) => `  ${effect}`),
        ...steps.map((step) => `  by hand: ${step}`),
      ].join('\n'),
    )
    .join('\n');
}
