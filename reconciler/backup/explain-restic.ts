import type { Backup } from '../../compiler/model/backup.ts';
import { BackupFailed } from './context.ts';

/** What restic says and what it means. Texts of restic 0.14 to 0.19; it has exit codes of its own only since 0.17. */
const meanings: readonly {
  readonly said: RegExp;
  readonly kind: BackupFailed['kind'];
  readonly message: (backup: Backup, line: string) => string;
  readonly next: (backup: Backup) => string;
}[] = [
  {
    said: /wrong password or no key found/i,
    kind: 'failed',
    message: ({ repository, password }) => `the secret '${password}' does not open the repository ${repository}`,
    next: ({ password }) =>
      `give '${password}' the value that the repository was made with; no copy can be read with another one`,
  },
  {
    said: /already locked|unable to create lock/i,
    kind: 'failed',
    message: ({ repository }, line) => `the repository ${repository} is locked: ${line}`,
    next: () =>
      'wait until that has ended; when nothing works on it any more, do the same again with --unlock, which removes every lock',
  },
  {
    said: /no space left on device|disk quota exceeded/i,
    kind: 'failed',
    message: () => 'the disk is full',
    next: () => 'free space on it and do the same again',
  },
  {
    said: /unable to open config file|repository does not exist|is there a repository/i,
    kind: 'failed',
    message: ({ repository }) => `there is no repository at ${repository}`,
    next: () => 'see whether its disk is mounted and its address is right; the job `backup-init` makes a new one, once',
  },
  {
    said: /no matching ID|no snapshot found|multiple IDs with prefix|invalid ID/i,
    kind: 'usage',
    message: (_backup, line) => line,
    next: () => 'run `autogit backup list` to see which there are',
  },
  {
    said: /dial tcp|connection refused|no such host|i\/o timeout|network is unreachable|Client\.Timeout|TLS handshake/i,
    kind: 'unavailable',
    message: ({ repository }, line) => `the repository ${repository} cannot be reached: ${line}`,
    next: () => 'see whether its server runs and this host reaches it',
  },
  {
    said: /is empty or missing/,
    kind: 'failed',
    message: (_backup, line) => line,
    next: () => 'run `autogit secrets check` to see which value is missing',
  },
];

/** What a command of restic that failed wants to say. `lines`: what it wrote. */
export function explainRestic(backup: Backup, lines: readonly string[], code: number): BackupFailed {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  for (const { said: pattern, kind, message, next } of meanings) {
    const line = said.find((each) => pattern.test(each));
    if (line !== undefined)
      return new BackupFailed(kind, message(backup, line.replace(/^(fatal|error): /i, '')), next(backup));
  }
  const last = said.findLast((line) => /fatal|error/i.test(line)) ?? said.at(-1) ?? 'it said nothing';
  return new BackupFailed(
    'failed',
    `restic ended with code ${code}: ${last.replace(/^(fatal|error): /i, '')}`,
    'read what it said above, and what https://restic.readthedocs.io says of it',
  );
}
