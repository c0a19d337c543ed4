import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { isSecretName } from '../model/secret-names.ts';

/** `${NAME}` with all that Compose allows behind the name (https://docs.docker.com/reference/compose-file/interpolation/). */
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*)|:?[?+][^}]*)?\}/;
const shell = /(?:^|\/)(?:sh|bash|ash|dash|zsh|ksh|busybox)$/;
const runsText = /^-[a-z]*c[a-z]*$/;

/**
 * Variables as Compose fills them in from its environment. Nothing is filled in here: the file alone decides what runs, so
 * the program gets the text. A command line that a shell reads is left alone, and so are configuration files.
 */
export function checkUnfilled({ workloads }: Platform): readonly Finding[] {
  return workloads
    .filter(({ component }) => component === 'service')
    .flatMap((workload) => [...inEnvironment(workload), ...inCommand(workload)]);
}

function inEnvironment({ environment }: Workload): readonly Finding[] {
  return environment.flatMap(({ name, value, origin }) => {
    const found = value.kind === 'text' ? variable.exec(value.text) : null;
    if (found === null) return [];
    const [whole, from = '', fallback = ''] = found;
    const id = from
      .toLowerCase()
      .replaceAll('_', '-')
      .replaceAll(/^-+|-+$/g, '');
    const secret = `write \`{ secret: ${id} }\` with \`secrets: { ${id}: { env: ${from} } }\``;
    const isSecret = isSecretName(name) || isSecretName(from);
    const hint = isSecret
      ? secret
      : fallback === ''
        ? `write the value itself, or if it is a secret ${secret}`
        : `write the value itself, such as ${fallback}`;
    return [unfilled(origin, name, whole, hint)];
  });
}

function inCommand({ origin, entrypoint = [], command = [] }: Workload): readonly Finding[] {
  const words = [
    ...entrypoint.map((word, index) => ({ word, pointer: pointerTo(origin, 'entrypoint', String(index)) })),
    ...command.map((word, index) => ({ word, pointer: pointerTo(origin, 'command', String(index)) })),
  ];
  const isOfShell = words.some(
    ({ word }, index) => shell.test(word) && words.slice(index + 1).some((next) => runsText.test(next.word)),
  );
  if (isOfShell) return [];
  return words.flatMap(({ word, pointer }) => {
    const found = variable.exec(word);
    if (found === null) return [];
    const [whole, from = ''] = found;
    const hint = `write the value itself, or let a shell fill it in from \`environment\`: \`command: [sh, -c, 'exec … "$${from}"']\``;
    return [unfilled(pointer, 'the program', whole, hint)];
  });
}

function unfilled(pointer: string, who: string, text: string, hint: string): Finding {
  return {
    code: 'AG455',
    severity: 'warning',
    pointer,
    message: `nothing fills in ${text}: ${who} gets it as it stands`,
    hint: `${hint}; if the program fills it in by itself, accept AG455`,
  };
}
