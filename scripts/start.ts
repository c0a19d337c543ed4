/**
 * `npm start`: this repository's own platform on the embedded engine, with the dashboard. Nothing outside the process
 * is changed. Further arguments go to `autogit reconcile`, for example `npm start -- --port 0`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from './build/build-all.ts';

const root = join(import.meta.dirname, '..');
await buildAll(root);

console.log(`AutoGit runs the platform of this repository (autogit.yaml) on its embedded engine: containers, the forge's
job queue and its runners are played in memory, nothing outside this process is changed. End it with Ctrl-C.
The real thing, on the Docker Engine of this machine and a repository of yours:
  bin/autogit reconcile --repo https://git.example.org/me/platform.git --state ~/.local/state/autogit
`);

const args = ['reconcile', '--file', join(root, 'autogit.yaml'), '--embedded', '--log', 'text'];
const child = spawn(process.execPath, [join(root, 'dist/autogit.mjs'), ...args, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward);
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
