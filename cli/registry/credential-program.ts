import { spawn } from 'node:child_process';
import { Secret } from '../../reconciler/model/secret.ts';
import type { Login } from './docker-config.ts';

export interface ProgramCall {
  /** The part after `docker-credential-`: `pass`, `ecr-login`. */
  readonly program: string;
  /** The registry as the program knows it. */
  readonly key: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const deadlineMs = 30_000;
const largestAnswer = 64 * 1024;

/**
 * What keyrings and the programs of cloud registries need to find their own login. AutoGit's own variables are not
 * among them.
 */
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|TMPDIR|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|XDG_[A-Z_]+|GNUPGHOME|GPG_TTY|PASSWORD_STORE_DIR|DOCKER_CONFIG|AWS_[A-Z0-9_]+|AZURE_[A-Z0-9_]+|CLOUDSDK_[A-Z0-9_]+|GOOGLE_APPLICATION_CREDENTIALS|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;

/**
 * Asks `docker-credential-<program> get`, without a shell and with a closed environment
 * (https://github.com/docker/docker-credential-helpers). A program that knows no login is no trouble.
 */
export async function askProgram({ program, key, env, signal }: ProgramCall): Promise<Login> {
  const name = `docker-credential-${program}`;
  if (!/^[A-Za-z0-9._-]+$/.test(program)) return { trouble: `the Docker configuration names an odd program: ${name}` };
  const closed = Object.fromEntries(Object.entries(env).filter(([variable]) => passed.test(variable)));
  const answer = await run(name, key, closed, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
  if (typeof answer === 'string') return { trouble: answer };
  if (answer.code !== 0) {
    const isUnknown = /credentials not found/i.test(answer.text);
    return isUnknown ? {} : { trouble: `${name} ended with code ${answer.code}` };
  }
  return loginOf(answer.text) ?? { trouble: `${name} did not answer as such programs do` };
}

function loginOf(text: string): Login | undefined {
  try {
    const { Username: user, Secret: secret } = JSON.parse(text) as { Username?: unknown; Secret?: unknown };
    if (typeof user !== 'string' || typeof secret !== 'string') return undefined;
    if (secret === '') return {};
    if (user === '<token>') return { credentials: { kind: 'identity', token: new Secret(secret) } };
    return { credentials: { kind: 'password', user, password: new Secret(secret) } };
  } catch {
    return undefined;
  }
}

/** Exit code and standard output, or why there are none. What it writes to standard error may hold a secret. */
function run(
  name: string,
  input: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly text: string } | string> {
  return new Promise((resolve) => {
    const child = spawn(name, ['get'], { env, signal, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    let text = '';
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? `${name} is not installed` : `${name} did not end in time or did not start`);
    });
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > largestAnswer) child.kill();
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('close', (code) => resolve({ code: code ?? 1, text }));
  });
}
