import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitPluginError, type SimpleGit, simpleGit } from 'simple-git';
import type { Secret } from '../model/secret.ts';
import type { Remote } from './remote-url.ts';

/** What git may use to reach the repository. */
export interface ClosedGitOptions {
  /** Private folder for the generated config file and the askpass program. */
  readonly directory: string;
  /** Absent for commands that reach nothing. */
  readonly remote?: Remote;
  /** File with the host keys for SSH; default: those of the user that runs the reconciler. There is no trust on first use. */
  readonly knownHosts?: string;
  /** Private key for SSH; default: those of the user. */
  readonly identity?: string;
  /** Certificate of a private authority for https. */
  readonly caFile?: string;
}

/** Answers of one git call; a non-zero exit is a value, because git says no with it. */
export type GitAnswer =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'exit'; readonly code: number; readonly said: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cancelled' }
  /** git itself could not be started. */
  | { readonly kind: 'no-git'; readonly said: string };

export interface GitCall {
  /** Bare mirror; absent for commands without a repository. */
  readonly mirror?: string;
  readonly signal: AbortSignal;
  /** Handed to the askpass program of this one call. */
  readonly login?: { readonly user: string; readonly token: Secret };
}

/** git in a closed environment: no configuration, hook, filter, program or variable from outside reaches it. */
export type ClosedGit = (args: readonly string[], call: GitCall) => Promise<GitAnswer>;

/** No output for this long ends a call. Fetches report progress, so silence means a stuck connection. */
const silenceMs = 45_000;
const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

/** Writes the config file and the askpass program (both private) and returns the way to call git. */
export function createClosedGit(options: ClosedGitOptions): ClosedGit {
  const { directory, remote } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const configFile = join(directory, 'gitconfig');
  const askpass = join(directory, 'askpass');
  writePrivate(configFile, configText(options), 0o600);
  writePrivate(askpass, askpassText, 0o700);

  return async (args, call) => {
    const env: Record<string, string> = {
      PATH: searchPath,
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_GLOBAL: configFile,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: remote?.protocol ?? '',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_NO_LAZY_FETCH: '1',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      ...(call.mirror === undefined ? {} : { GIT_DIR: call.mirror }),
      ...(call.login === undefined || remote === undefined
        ? {}
        : {
            GIT_ASKPASS: askpass,
            AUTOGIT_ORIGIN: remote.origin,
            AUTOGIT_USER: call.login.user,
            AUTOGIT_TOKEN: call.login.token.reveal(),
          }),
    };
    const git = simpleGit({
      baseDir: directory,
      unsafe: { allowUnsafeConfigPaths: true, allowUnsafeAskPass: true },
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
      errors: (error, { exitCode, stdErr }) => {
        if (error instanceof GitPluginError || exitCode === 0) return error;
        // A number outside 1–255 is Node's: git was not started, or ended by a signal.
        return exitCode > 0 && exitCode < 256
          ? Buffer.from(`${exitMark}${exitCode}\n${Buffer.concat(stdErr)}`)
          : (error ?? Buffer.from(`ended with ${exitCode}`));
      },
      timeout: { block: silenceMs },
      abort: call.signal,
      trimmed: false,
    }).env(env);
    try {
      return { kind: 'ok', bytes: await invoke(git, args) };
    } catch (error) {
      return toAnswer(error, call.signal);
    }
  };
}

const exitMark = 'git-exit ';

/** Content goes through the one call that returns bytes; everything else is text that git made. */
async function invoke(git: SimpleGit, args: readonly string[]): Promise<Buffer> {
  if (args[0] === 'cat-file') return (await git.binaryCatFile(args.slice(1))) as Buffer;
  return Buffer.from(await git.raw([...args]), 'utf8');
}

function toAnswer(error: unknown, signal: AbortSignal): GitAnswer {
  if (signal.aborted) return { kind: 'cancelled' };
  if (error instanceof GitPluginError && error.plugin === 'timeout') return { kind: 'silent' };
  if (error instanceof GitPluginError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  const [, code, said] = new RegExp(`^${exitMark}(\\d+)\\n([^]*)$`).exec(message) ?? [];
  if (code === undefined) return { kind: 'no-git', said: message };
  return { kind: 'exit', code: Number(code), said: (said ?? '').trim() };
}

function writePrivate(path: string, text: string, mode: number): void {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
}

/** Everything that git could take from elsewhere is set here, also where the environment says it once more. */
function configText({ remote, knownHosts, identity, caFile }: ClosedGitOptions): string {
  const ssh = [
    'ssh -F /dev/null -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=20 -oServerAliveInterval=15',
    ...(knownHosts === undefined
      ? []
      : [`-oUserKnownHostsFile=${plainPath(knownHosts)} -oGlobalKnownHostsFile=/dev/null`]),
    ...(identity === undefined ? [] : [`-oIdentitiesOnly=yes -i ${plainPath(identity)}`]),
  ].join(' ');
  return `[core]
\thooksPath = /dev/null
\tfsmonitor = false
\tsymlinks = false
\tattributesFile = /dev/null
\tsshCommand = "${ssh}"
[init]
\ttemplateDir =
\tdefaultBranch = main
[protocol]
\tallow = never
${remote === undefined ? '' : `[protocol "${remote.protocol}"]\n\tallow = always\n`}[submodule]
\trecurse = false
[fetch]
\trecurseSubmodules = false
[transfer]
\tfsckObjects = true
\tbundleURI = false
[gc]
\tautoDetach = false
[maintenance]
\tautoDetach = false
[credential]
\thelper =
[http]
\tfollowRedirects = false
\tlowSpeedLimit = 100
\tlowSpeedTime = 30
${caFile === undefined ? '' : `\tsslCAInfo = "${plainPath(caFile)}"\n`}[safe]
\tbareRepository = explicit
`;
}

/** git gives the SSH command to a shell, so a path in it may hold nothing that a shell reads. */
export function isPlainPath(path: string): boolean {
  return /^\/[\w./@+-]+$/.test(path);
}

function plainPath(path: string): string {
  if (!isPlainPath(path)) throw new Error(`the path "${path}" was not checked`);
  return path;
}

/** Answers git's two questions, and only for the address that the token belongs to. */
const askpassText = `#!/bin/sh
case "$1" in
"Username for '$AUTOGIT_ORIGIN': ") printf '%s\\n' "$AUTOGIT_USER" ;;
"Password for '\${AUTOGIT_ORIGIN%%://*}://$AUTOGIT_USER@\${AUTOGIT_ORIGIN#*://}': ") printf '%s\\n' "$AUTOGIT_TOKEN" ;;
*) exit 1 ;;
esac
`;
