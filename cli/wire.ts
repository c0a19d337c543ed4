/**
 * The one place where real adapters are made: clock, store, secrets, Git, engines, forge. Everything else gets what it
 * works with as an argument.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import { lockPathOf } from '../compiler/model/lock.ts';
import { takeoverOf } from '../compiler/model/takeover.ts';
import { namedPaths } from '../compiler/named-paths.ts';
import { readDocument } from '../compiler/read/read-document.ts';
import { targets } from '../compiler/targets.ts';
import { catalog } from '../library/catalog.ts';
import { createDockerEngine } from '../reconciler/docker/create-docker-engine.ts';
import { createEngines } from '../reconciler/engines.ts';
import { createFileSource } from '../reconciler/follow/file.ts';
import { createGitSource } from '../reconciler/follow/git.ts';
import { fileBytes } from '../reconciler/model/commit-files.ts';
import type { Policy } from '../reconciler/model/policy.ts';
import { Secret } from '../reconciler/model/secret.ts';
import { readPolicy } from '../reconciler/observe/policy-file.ts';
import type { Compile } from '../reconciler/ports/compile.ts';
import type { Log } from '../reconciler/ports/log.ts';
import type { Engines, Reconciler, ReconcilerOptions } from '../reconciler/ports/reconciler.ts';
import type { ReadSops } from '../reconciler/ports/secrets.ts';
import type { Source } from '../reconciler/ports/source.ts';
import type { Store } from '../reconciler/ports/store.ts';
import { createProcessEngine } from '../reconciler/process/create-process-engine.ts';
import { createReconciler } from '../reconciler/reconcile.ts';
import { createRedactor, type Redactor } from '../reconciler/record/redactor.ts';
import { createSecretValues } from '../reconciler/record/secrets.ts';
import { filesOf } from '../reconciler/record/state-folder.ts';
import { openStore } from '../reconciler/record/store.ts';
import { systemClock } from './clock.ts';
import { createEmbedded } from './embedded.ts';
import { fillerFolder } from './filler-folder.ts';
import { createLog, type LogOptions } from './log.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';
import { forgePorts } from './wire-forge.ts';
import { openWorkFolder } from './work-folder.ts';

export interface WireOptions {
  readonly source:
    | { readonly kind: 'git'; readonly url: string; readonly branch: string; readonly path: string }
    | { readonly kind: 'file'; readonly path: string };
  /** State folder; `:memory:` keeps nothing. */
  readonly state: string;
  /** `existing`: for looking at a state that nobody works on now. */
  readonly open: 'make' | 'existing';
  /** Every host is the embedded engine and the job load is a recorded trace: nothing outside this process is changed. */
  readonly embedded: boolean;
  readonly policy: string;
  readonly fillerImage?: string;
  readonly runnerNetwork?: string;
  readonly allowPlainHttp: boolean;
  /** Files for reaching the repository: known SSH hosts, a private SSH key, certificates that sign the server's. */
  readonly knownHosts?: string;
  readonly sshKey?: string;
  readonly caFile?: string;
  readonly demandMs?: number;
  /** Environment of the file that is laid over it. */
  readonly environment?: string;
  /** File with the age keys that secrets in SOPS files are encrypted for. */
  readonly ageKeyFile?: string;
  readonly log: Pick<LogOptions, 'format' | 'level' | 'silent'>;
}

export interface Wired {
  readonly reconciler: Reconciler;
  readonly store: Store;
  readonly log: Log;
  readonly embedded: boolean;
  close(): void;
}

/** Throws `StoreDown` when the state cannot be used, and `UsageError` for a policy that is refused. */
export async function wire(options: WireOptions): Promise<Wired> {
  const redactor = createRedactor();
  const log = await createLog({ ...options.log, redact: redactor.redact });
  const policy = await policyOf(options);
  const store = openStore({
    directory: options.state,
    clock: systemClock,
    log,
    adoptOnlyWhenNew: !options.embedded,
    open: options.open,
  });
  const inMemory = options.state === ':memory:';
  const work = openWorkFolder(options.state);
  const secrets = createSecretValues({
    directory: inMemory ? undefined : options.state,
    env: process.env,
    sops: sopsReader(options.ageKeyFile, redactor),
    withheld: options.ageKeyFile === undefined ? [] : [options.ageKeyFile],
    redactor,
    log,
  });
  const embedded = options.embedded ? createEmbedded(systemClock) : undefined;
  const engines = embedded?.engines ?? realEngines(options, work.path, policy, log);
  const reconciler = createReconciler({
    source: sourceOf(options, work.path, log, redactor),
    compile: compiler(options.environment),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    engines,
    store,
    clock: systemClock,
    log,
    forge:
      embedded?.forge ??
      forgePorts({
        secrets,
        clock: systemClock,
        followed: options.source.kind === 'git' ? options.source.url : undefined,
      }),
    policy,
    takeover: takeoverOf(catalog),
    secrets: embedded?.secrets ?? secrets,
    redact: redactor.redact,
    random: Math.random,
    version,
    ...(options.demandMs === undefined ? {} : { limits: { demandMs: options.demandMs } }),
  } satisfies ReconcilerOptions);
  return {
    reconciler,
    store,
    log,
    embedded: options.embedded,
    close: () => {
      engines.close();
      store.close();
      work.close();
    },
  };
}

function compiler(environment: string | undefined): Compile {
  return async ({ file, bytes, lock, files }) => {
    const locked = lock === undefined ? {} : { lock: { file: lockPathOf(file), bytes: lock } };
    const read = async (path: string) => fileBytes(files, path);
    const input = { file, bytes, ...locked, read, environment, catalog, targets };
    const { diagnostics, platform, rendered } = await compile(input);
    return {
      diagnostics,
      ...(platform === undefined ? {} : { platform }),
      projects: rendered?.projects ?? [],
      locate: async (pointer) => (await readDocument({ file, bytes })).document?.locate(pointer).start,
    };
  };
}

/** Loaded when the first value is read: few platforms keep secrets in files of the repository. */
function sopsReader(keyFile: string | undefined, redactor: Redactor): ReadSops {
  let reader: Promise<ReadSops> | undefined;
  return async (question) => {
    reader ??= import('../reconciler/sops/read-sops.ts').then(({ createSopsReader }) =>
      createSopsReader({ keyFile, learn: redactor.add }),
    );
    return (await reader)(question);
  };
}

async function policyOf(options: WireOptions): Promise<Policy> {
  const uid = process.getuid?.();
  const policy = await readPolicy(options.policy, uid === undefined ? {} : { uid });
  if (!policy.ok) throw new UsageError(policy.failure.detail);
  return policy.value;
}

function sourceOf(options: WireOptions, folder: string, log: Log, redactor: Redactor): Source {
  const named = (text: string) => namedPaths(text, options.environment);
  if (options.source.kind === 'file') return createFileSource({ path: options.source.path, named });
  const token = process.env.AUTOGIT_GIT_TOKEN;
  if (token !== undefined) redactor.add(token);
  return createGitSource({
    url: options.source.url,
    branch: options.source.branch,
    path: options.source.path,
    named,
    directory: join(folder, 'git'),
    ...(token === undefined ? {} : { credentials: { token: async () => ({ ok: true, value: new Secret(token) }) } }),
    allowPlainHttp: options.allowPlainHttp,
    ...(options.knownHosts === undefined ? {} : { knownHosts: options.knownHosts }),
    ...(options.sshKey === undefined ? {} : { identity: options.sshKey }),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    clock: systemClock,
    log,
  });
}

function realEngines(options: WireOptions, folder: string, policy: Policy, log: Log): Engines {
  const fillerArchives = fillerFolder();
  return createEngines({
    docker: (host, url) =>
      createDockerEngine({
        url,
        host: host.id,
        clock: systemClock,
        log: log.child({ host: host.id }),
        fillerImage: options.fillerImage,
        fillerArchives,
        ...(options.runnerNetwork === undefined ? {} : { runnerNetwork: options.runnerNetwork }),
        ...(process.env.DOCKER_CERT_PATH === undefined ? {} : { certificates: process.env.DOCKER_CERT_PATH }),
      }),
    process: (host) =>
      createProcessEngine({
        host: host.id,
        directory: join(folder, 'runners', host.id),
        programs: runnerPrograms(policy),
        clock: systemClock,
        log: log.child({ host: host.id }),
      }),
  });
}

/** The paths that the policy allows, by the name under which a runner asks for its program. */
function runnerPrograms(policy: Policy): Readonly<Record<string, string>> {
  const known = (path: string): string => (basename(path) === 'act_runner' ? 'gitea-runner' : basename(path));
  return Object.fromEntries(policy.processPrograms.map((path) => [known(path), path]));
}

export { originOf } from '../reconciler/follow/origin.ts';

/** Whether a reconciler has ever worked on this state folder. */
export function hasState(state: string): boolean {
  return state !== ':memory:' && existsSync(filesOf(state).database);
}
