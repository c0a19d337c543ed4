import { nearestName } from '../compiler/model/nearest.ts';
import type { Platform } from '../compiler/model/platform.ts';
import type { CommitFiles } from '../reconciler/model/commit-files.ts';
import { exitCode } from './exit-code.ts';
import { isNamedState } from './state-folder.ts';
import type { Terminal } from './terminal.ts';
import { unreadableState } from './unreadable-state.ts';
import { UsageError } from './usage-error.ts';
import type { openSecrets } from './wire-secrets.ts';

export interface ShowSecret {
  readonly id: string | undefined;
  readonly platform: Platform;
  readonly files: CommitFiles;
  readonly values: Awaited<ReturnType<typeof openSecrets>>;
  /** Folder that generated values are kept in. */
  readonly state: string;
  readonly screen: Terminal;
}

/** A value on a screen stays in its history and in what is shared of it, so that it has to be meant. Throws UsageError. */
export function refuseOnTerminal(id: string | undefined, isTerminal: boolean, reveal: boolean): void {
  if (!isTerminal || reveal) return;
  const what = id ?? '<secret>';
  throw new UsageError(
    `autogit secrets show prints the value of a secret, and this is a terminal; to see it here: autogit secrets show ${what} --reveal`,
  );
}

/**
 * Prints one value and nothing else to standard output: the first password of an account that AutoGit made, say. Makes
 * none: who looks must see what the platform uses. 1 when it cannot be read.
 */
export async function showSecret({ id, platform, files, values, state, screen }: ShowSecret): Promise<number> {
  const known = platform.secrets.map((secret) => secret.id);
  if (id === undefined)
    throw new UsageError('autogit secrets show needs the id of a secret; `autogit secrets list` names them');
  const secret = platform.secrets.find((each) => each.id === id);
  const refuse = (message: string, next: string): number => {
    screen.err(`autogit: ${message}\nnext: ${next}\n`);
    return exitCode.failed;
  };
  if (secret === undefined) {
    const nearest = nearestName(id, known);
    return refuse(
      `the platform has no secret '${id}'`,
      nearest === undefined ? '`autogit secrets list` names them' : `did you mean ${nearest}?`,
    );
  }
  const { source } = secret;
  if (source.kind === 'kubernetes') {
    const path = `{.data.${source.key.replaceAll('.', '\\.')}}`;
    const command = `kubectl -n ${platform.cluster.namespace} get secret ${source.name} -o jsonpath='${path}' | base64 -d`;
    return refuse(`'${id}' is kept by the cluster`, command);
  }
  const there = await values.probe(id, source, files);
  if (there.ok && there.value === 'to-be-made') {
    const folder = await unreadableState(state, { isNamed: isNamedState(state) });
    if (folder !== undefined)
      return refuse(
        `'${id}' is not in ${state}, and this user may not read the state folder ${folder}`,
        'run it with sudo, or as the user of the reconciler; or name another folder with --state',
      );
    return refuse(
      `'${id}' is not in ${state}: AutoGit makes it when it is first needed`,
      'start the reconciler once, or look as the user that it runs as, or name its folder with --state',
    );
  }
  const value = there.ok ? await values.value(id, source, files) : there;
  if (!value.ok) {
    screen.err(`autogit: ${value.failure.detail}\n`);
    return exitCode.failed;
  }
  screen.out(`${value.value.reveal()}\n`);
  return exitCode.fine;
}
