/**
 * A one-line change while `autogit compile --watch` runs, both targets into a folder: from the write of the file until the
 * rendered file has its new text, what the command itself says the run took, and the CPU of it.
 *
 *   node bench/watch.ts [--changes N] [--record]
 *
 * Bar: 20 ms. The first is longer than the second by what the system takes to tell of a change, and by the 5 ms that
 * a file has to be left alone for. Build first: `npm run build`.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from './compile/measure.ts';
import { writeInputs } from './peers/inputs.ts';

const root = join(import.meta.dirname, '..');
const bundle = join(root, 'dist/autogit.mjs');
/** The first runs are of code that V8 has not compiled yet. */
const warmUps = 30;
/** A person saves, looks, and saves again; a change right after the last run would meet what that one left to clear up. */
const pauseMs = 50;

const { values } = parseArgs({ options: { changes: { type: 'string', default: '40' }, record: { type: 'boolean' } } });
if (!existsSync(bundle)) throw new Error('there is no dist/autogit.mjs yet: run `npm run build`');
const changes = Number(values.changes);
const rows: string[] = [];
for (const services of [8, 100]) rows.push(await rowOf(services));
const text = [
  '## A change in watch mode',
  '',
  `\`node bench/watch.ts --changes ${changes}\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)} at the end. Milliseconds after ${warmUps} changes to warm up, both targets into a folder. Bar: 20 ms for the run with eight services.`,
  '',
  '| services | CPU of a change, mean | the run, median (min–max) | write → new text, median (min–max) |',
  '| --- | --- | --- | --- |',
  ...rows,
].join('\n');
console.log(text);
if (values.record === true) appendFileSync(join(root, 'bench/RESULTS.md'), `\n${text}\n`);

async function rowOf(services: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-watch-'));
  writeInputs(folder, services);
  const file = join(folder, 'autogit.yaml');
  const args = [bundle, 'compile', '-f', file, '--target', 'all', '-o', join(folder, 'rendered'), '--watch'];
  const child = spawn(process.execPath, args, { cwd: folder });
  try {
    const runs = runsOf(child);
    await until(() => runs.length === 1);
    const [took, seen]: [number[], number[]] = [[], []];
    let cpuBefore = 0;
    for (let change = 0; change < warmUps + changes; change += 1) {
      if (change === warmUps) cpuBefore = cpuMs(child.pid);
      await wait(pauseMs);
      const [run, write] = await changed(folder, file, change, runs);
      if (change < warmUps) continue;
      took.push(run);
      seen.push(write);
    }
    const cpu = ((cpuMs(child.pid) - cpuBefore) / changes).toFixed(1);
    return `| ${services} | **${cpu}** | ${figures(took)} | ${figures(seen)} |`;
  } finally {
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that each run took, as the command says them. */
function runsOf(child: ChildProcessWithoutNullStreams): number[] {
  const runs: number[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    for (const [, ms] of chunk.toString().matchAll(/([\d.]+) ms; waiting/g)) runs.push(Number(ms));
  });
  return runs;
}

/** Changes one line, and waits for its text in the rendered file and for the end of that run. */
async function changed(
  folder: string,
  file: string,
  change: number,
  runs: readonly number[],
): Promise<[number, number]> {
  const level = `level-${change}`;
  const text = readFileSync(file, 'utf8').replace(/LEVEL: [\w-]+, INDEX: "0"/, `LEVEL: ${level}, INDEX: "0"`);
  const before = runs.length;
  const rendered = join(folder, 'rendered/kubernetes/s0/statefulset-many-s0.yaml');
  const start = performance.now();
  writeFileSync(file, text);
  await until(() => readFileSync(rendered, 'utf8').includes(`value: ${level}\n`));
  const seen = performance.now() - start;
  await until(() => runs.length > before);
  return [runs.at(-1) ?? 0, seen];
}

/** Milliseconds of CPU that a process has had so far, all its threads, to the 10 ms that Linux counts in (proc_pid_stat(5)). */
function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !isSo(); await wait(1)) {
    if (performance.now() > end) throw new Error('nothing came for a minute');
  }
}

function figures(values: readonly number[]): string {
  return `**${median(values).toFixed(1)}** (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
}
