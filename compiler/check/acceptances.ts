import { acceptance, codes } from '../../schema/codes.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

export interface Acceptances {
  /** Of the file: code → reason. */
  readonly accept: Readonly<Record<string, string>>;
  /** Codes that the file accepts and that were found. */
  readonly used: ReadonlySet<string>;
  /** What was rendered. Empty where something else is wrong: then nobody can tell what is used. */
  readonly targets: readonly Platform['target'][];
}

/** Lines of `accept` that accept nothing: codes that do not exist, that must be mended, or whose finding is gone. */
export function checkAcceptances({ accept, used, targets }: Acceptances): readonly Finding[] {
  return Object.keys(accept)
    .filter((code) => code !== self && !used.has(code))
    .flatMap((code) => idle(code, targets));
}

const self = 'AG456';

function idle(code: string, targets: Acceptances['targets']): readonly Finding[] {
  const entry = codes[code];
  if (entry === undefined) {
    return [
      at(code, `there is no code ${code}`, 'delete the line, or correct the number: docs/errors/INDEX.md lists all'),
    ];
  }
  if (acceptance(code, entry) === undefined) {
    return [
      at(
        code,
        `${code} cannot be accepted: ${entry.title}`,
        `delete the line; \`autogit explain ${code}\` shows how it is mended`,
      ),
    ];
  }
  return isJudged(code, entry.target, targets) ? [unused(code)] : [];
}

/** What is only known where it runs is not judged here, and the limits of a target only where that one is rendered. */
function isJudged(code: string, only: Platform['target'] | undefined, targets: Acceptances['targets']): boolean {
  if (targets.length === 0 || code.startsWith('AG6')) return false;
  if (only !== undefined) return targets.includes(only);
  return code.startsWith('AG5') ? targets.length > 1 : true;
}

function unused(code: string): Finding {
  return at(code, `nothing in the file gives ${code} any more, so there is nothing to accept`, 'delete the line');
}

function at(code: string, message: string, hint: string): Finding {
  const pointer = pointerTo('/accept', code);
  return {
    code: self,
    severity: 'warning',
    pointer,
    at: 'key',
    message,
    hint,
    fix: { title: `delete ${code}`, edits: [{ kind: 'remove', pointer }] },
  };
}
