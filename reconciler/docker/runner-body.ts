import type { RunnerAction } from '../model/plan.ts';
import type { RunnerCredential, Scope } from '../ports/engine.ts';
import { LABEL } from './labels.ts';

export type Launch = Extract<RunnerAction, { kind: 'launch-runner' }>;

/** Working folder of a runner: a volume of its own that ends with it. */
export const RUNNER_FOLDER = '/runner';

export const runnerLabels = (
  action: Launch,
  credential: RunnerCredential,
  scope: Scope,
): Readonly<Record<string, string>> => ({
  [LABEL.platform]: scope.platform,
  [LABEL.deployment]: scope.deployment,
  [LABEL.pool]: action.pool,
  [LABEL.runner]: action.name,
  [LABEL.digest]: action.digest,
  [LABEL.forgeId]: credential.forgeId,
});

/**
 * Body of `POST /containers/create` for one runner. Its jobs run inside it and are code of others: no new privileges, its
 * own limits, no restart (it takes one job), and its credential only in a file of its working folder.
 */
export function runnerBody(request: {
  readonly action: Launch;
  readonly credential: RunnerCredential;
  readonly scope: Scope;
  readonly network: string;
}): Readonly<Record<string, unknown>> {
  const { action, credential } = request;
  return {
    Image: action.image,
    Entrypoint: [credential.program],
    Cmd: credential.args.length > 0 ? credential.args : ['daemon'],
    WorkingDir: RUNNER_FOLDER,
    Env: [`HOME=${RUNNER_FOLDER}`],
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['NONE'] },
    Labels: runnerLabels(action, credential, request.scope),
    HostConfig: {
      NetworkMode: request.network,
      Mounts: [{ Type: 'volume', Source: action.name, Target: RUNNER_FOLDER, VolumeOptions: { NoCopy: true } }],
      NanoCpus: Math.round(action.cpus * 1e9),
      Memory: action.memoryBytes,
      MemorySwap: action.memoryBytes,
      PidsLimit: 4096,
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** Owner of the files of a runner: the user of its image when that is a number, else everyone inside its container. */
export function runnerAccess(imageUser: string): {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly rootMode: number;
} {
  if (imageUser === '' || imageUser === 'root') return { uid: 0, gid: 0, mode: 0o600, rootMode: 0o700 };
  const numeric = /^(\d+)(?::(\d+))?$/.exec(imageUser);
  if (numeric === null) return { uid: 0, gid: 0, mode: 0o666, rootMode: 0o777 };
  return { uid: Number(numeric[1]), gid: Number(numeric[2] ?? 0), mode: 0o600, rootMode: 0o777 };
}
