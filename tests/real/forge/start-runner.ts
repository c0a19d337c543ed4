import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalProcess, startProcess } from './local-process.ts';
import type { Forge } from './start-forge.ts';

export interface RunnerOptions {
  readonly name: string;
  /** Plain names; steps run as processes of this machine. */
  readonly labels: readonly string[];
  readonly ephemeral?: boolean;
}

/** Registers a runner with the forge's own command and starts its daemon. */
export async function startRunner(forge: Forge, options: RunnerOptions): Promise<LocalProcess> {
  const dir = join(forge.dir, 'runners', options.name);
  mkdirSync(join(dir, 'work'), { recursive: true });
  const config = join(dir, 'config.yaml');
  writeFileSync(config, configText(dir));
  const { token } = (await forge.api('POST', '/admin/actions/runners/registration-token')) as {
    readonly token: string;
  };
  const env = { PATH: process.env.PATH ?? '', HOME: dir, LANG: 'C.UTF-8', TMPDIR: tmpdir() };
  const labels = options.labels.map((label) => `${label}:host`).join(',');
  const identity = ['--instance', forge.url, '--token', token, '--name', options.name, '--labels', labels];
  const once = options.ephemeral === true ? ['--ephemeral'] : [];
  execFileSync(forge.runner, ['register', '--no-interactive', '--config', config, ...identity, ...once], {
    cwd: dir,
    env,
  });
  return startProcess(`runner ${options.name}`, forge.runner, ['daemon', '--config', config], {
    cwd: dir,
    env,
    log: join(dir, 'runner.log'),
  });
}

function configText(dir: string): string {
  return [
    'log: {level: info}',
    `runner: {file: ${JSON.stringify(join(dir, '.runner'))}, capacity: 1, fetch_interval: 500ms, fetch_interval_max: 1s, fetch_timeout: 5s}`,
    'cache: {enabled: false}',
    `host: {workdir_parent: ${JSON.stringify(join(dir, 'work'))}}`,
    '',
  ].join('\n');
}
