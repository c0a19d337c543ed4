import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type ApiServer, request } from './api.ts';
import { controlPlane } from './available.ts';

const readyWithinMs = 120_000;

export interface RunningApiServer extends ApiServer {
  stop(): Promise<void>;
}

/**
 * A Kubernetes API server on 127.0.0.1 with an empty etcd of its own on a unix socket: no containers, no root, no
 * controllers and no nodes. It judges objects as any cluster does; nothing that it accepts ever runs.
 */
export async function startApiServer(): Promise<RunningApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'autogit-kube-'));
  const token = randomBytes(24).toString('hex');
  const port = await freePort();
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' });
  await writeFile(join(folder, 'sa.key'), key, { mode: 0o600 });
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { etcd, apiServer } = controlPlane();
  const store = start(folder, etcd, etcdFlags(folder));
  const server = start(folder, apiServer, apiServerFlags(folder, port));
  const stop = async () => {
    await Promise.all([stopProcess(server), stopProcess(store)]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { ...(await ready(folder, { url: `https://127.0.0.1:${port}`, token }, [store, server])), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The peer address is a file as well; etcd only wants it to look like host and port. */
function etcdFlags(folder: string): readonly string[] {
  const peer = 'unix://peer:1';
  return [
    '--name=one',
    `--data-dir=${join(folder, 'etcd')}`,
    '--log-level=warn',
    '--unsafe-no-fsync',
    `--listen-client-urls=unix://${join(folder, 'etcd.sock')}`,
    '--advertise-client-urls=unix://client:1',
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=one=${peer}`,
  ];
}

function apiServerFlags(folder: string, port: number): readonly string[] {
  return [
    `--etcd-servers=unix://${join(folder, 'etcd.sock')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    '--endpoint-reconciler-type=none',
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'sa.key')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    // As in every cluster, where it is for namespaces to say no.
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.96.0.0/16',
    // No controller makes the default service accounts that this admission step wants for every pod.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

/**
 * The shell waits for its standard input to close, so the program ends with us even when we are killed. Nothing of it
 * is worth an orderly end.
 */
function start(folder: string, program: string, flags: readonly string[]): ChildProcess {
  const log = openSync(join(folder, `${program.split('/').at(-1)}.log`), 'a');
  const script = 'exec 3<&0; "$@" </dev/null & pid=$!; (read -r _ <&3; kill -KILL "$pid") & wait "$pid"';
  return spawn('bash', ['-c', script, 'bash', program, ...flags], {
    cwd: folder,
    stdio: ['pipe', log, log],
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once('exit', done));
  child.stdin?.end();
  if (child.exitCode !== null) return;
  await Promise.race([ended, sleep(10_000).then(() => child.kill('SIGKILL'))]);
}

async function ready(
  folder: string,
  at: Omit<ApiServer, 'ca'>,
  processes: readonly ChildProcess[],
): Promise<ApiServer> {
  const certificate = join(folder, 'apiserver.crt');
  const end = performance.now() + readyWithinMs;
  for (;;) {
    if (existsSync(certificate)) {
      const server = { ...at, ca: readFileSync(certificate, 'utf8') };
      const answer = await request(server, { method: 'GET', path: '/readyz' }).catch(() => undefined);
      if (answer?.status === 200) return server;
    }
    const ended = processes.some(({ exitCode }) => exitCode !== null);
    if (ended || performance.now() > end) throw new Error(`the API server did not become ready; ${lastLines(folder)}`);
    await sleep(100);
  }
}

function lastLines(folder: string): string {
  const logs = ['etcd.log', 'kube-apiserver.log'].map((name) => join(folder, name)).filter(existsSync);
  return logs.map((log) => `end of ${log}:\n${readFileSync(log, 'utf8').split('\n').slice(-15).join('\n')}`).join('\n');
}
