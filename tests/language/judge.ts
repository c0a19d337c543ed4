import { type Compiled, compile } from '../../compiler/compile.ts';
import { diagnose } from '../../compiler/diagnose.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import { targets } from '../../compiler/targets.ts';
import { validate } from '../../compiler/validate/validate.ts';
import { catalog } from '../../library/catalog.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import type { Spec } from '../../schema/spec.ts';

/** What the language alone says of a file: text and shape, without references and targets. */
export async function judge(
  content: string | Uint8Array,
  file = 'autogit.yaml',
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly spec?: Spec }> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { document, diagnostics } = await readDocument({ file, bytes });
  if (document === undefined) return { diagnostics };
  const { spec, findings } = await validate(document);
  return { diagnostics: diagnose({ document, findings, diagnostics }), ...(spec && { spec }) };
}

/** All that is said of a file for its target, as `autogit validate` says it. */
export async function judgeAll(text: string, file = 'autogit.yaml'): Promise<Compiled> {
  return compile({ file, bytes: new TextEncoder().encode(text), catalog, targets, everyEnvironment: true });
}

/** CPU time of this process since the call, in milliseconds: other programs on the machine count little. */
export function cpuTimer(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
