import type { Backup, BackupHost } from '../../compiler/model/backup.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerHost, FoundContainer } from '../ports/container-host.ts';

/** What all of these commands work with. */
export interface BackupContext {
  readonly platform: Platform;
  readonly backup: Backup;
  /** The same object for the same host. */
  readonly hostOf: (id: string) => ContainerHost;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One line of progress, for people. */
  readonly say: (line: string) => void;
}

/** Why nothing came of it, and what to do. `kind`: the person's mistake, something that failed, or that is away. */
export class BackupFailed extends Error {
  readonly kind: 'usage' | 'failed' | 'unavailable';
  readonly next: string;

  constructor(kind: BackupFailed['kind'], message: string, next: string) {
    super(message);
    this.name = 'BackupFailed';
    this.kind = kind;
    this.next = next;
  }
}

/** Name of the container of a workload, with AutoGit and with Docker Compose. */
export function containerName(platform: Platform, workload: string): string {
  return `${platform.name}-${workload}-1`;
}

/** The container of a job or of a program, which has to be there. */
export async function containerOf(
  { platform, hostOf, signal }: BackupContext,
  host: string,
  workload: string,
): Promise<FoundContainer> {
  const name = containerName(platform, workload);
  const engine = hostOf(host);
  const found = await engine.find(name, signal);
  if (found !== undefined) return found;
  throw new BackupFailed(
    'failed',
    `there is no container ${name} at ${engine.place}`,
    'let AutoGit make the platform first, `autogit reconcile --once`; with Docker Compose alone: docker compose --profile jobs up --no-start',
  );
}

/** The job of the host that tidies up: it reaches the repository and has its password. */
export function mainHost({ backup }: Pick<BackupContext, 'backup'>): BackupHost {
  const [first] = backup.hosts;
  if (first === undefined) throw new Error('a backup without a host');
  return first;
}
