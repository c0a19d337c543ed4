import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.ts';

export interface Peer {
  readonly world: World;
  /** docker compose, as built by tests/real/compose/prepare. */
  readonly program: string;
  readonly socket: string;
}

/**
 * Renders `text` with the command line, which is not measured, and runs `docker compose up -d` on the result. Returns
 * seconds by the clock and of CPU. Throws with compose's own words when it fails.
 */
export function composeUp(
  { world, program, socket }: Peer,
  text: string,
  options: readonly string[],
): { readonly up: number; readonly composeCpu: number } {
  const source = join(world.folder, 'peer.yaml');
  const out = join(world.folder, 'peer');
  writeFileSync(source, text);
  const compile = ['compile', '-f', source, '--target', 'compose', '-o', out];
  execFileSync(process.execPath, [world.bundle, ...compile], { stdio: 'ignore' });
  const script = 'TIMEFORMAT="cost %R %U %S"; time "$@"';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', program, 'up', '-d', ...options], {
    cwd: join(out, 'compose/local'),
    env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
    encoding: 'utf8',
  });
  const cost = /cost ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr);
  if (status !== 0 || cost === null) throw new Error(`docker compose ended with ${status}: ${stderr}`);
  return { up: Number(cost[1]), composeCpu: Number(cost[2]) + Number(cost[3]) };
}
