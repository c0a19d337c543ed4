import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './run-checks.ts';

/** The JavaScript file behind a program that an npm package of this project brings (`node_modules/.bin/NAME`). */
export function programOf(root: string, name: string): string {
  return realpathSync(join(root, 'node_modules', '.bin', name));
}

/** Runs `node file args` in `root` and takes exit code 0 for fine; stdout and stderr together are the output. */
export function runNode(root: string, file: string, args: readonly string[]): Promise<Finding> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code, signal) => {
      const end = signal === null ? '' : `\nended by ${signal}`;
      resolve({ ok: code === 0, output: `${output}${end}` });
    });
  });
}
