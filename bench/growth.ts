/**
 * How the CPU time of the compiler grows with the number of services: each step by itself, and the exponent between the
 * smallest and the largest size (1 is in proportion, 2 is quadratic).
 *
 *   node bench/growth.ts [--services 100,1000] [--rounds 5] [--plain] [--record]
 *
 * `--plain`: services that have an image and nothing else, of which a file may hold ten thousand. The last row is the whole
 * command, cold, as a process of its own (build first: `npm run build`).
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from '../compiler/check/check.ts';
import { diagnose } from '../compiler/diagnose.ts';
import { readDocument } from '../compiler/read/read-document.ts';
import { resolve } from '../compiler/resolve/resolve.ts';
import { targets } from '../compiler/targets.ts';
import { validate } from '../compiler/validate/validate.ts';
import { catalog } from '../library/catalog.ts';
import { type Command, measure, median, peakMiB } from './compile/measure.ts';

type Times = Readonly<Record<string, number>>;

/** A platform of `count` services: routes, volumes, secrets, environment, health checks, and a link to the one before. */
function manyServices(count: number): string {
  const service = (_: unknown, i: number): string =>
    [
      `  s${i}:`,
      `    image: ghcr.io/home/s${i}:1`,
      '    port: 8080',
      `    host: s${i}`,
      `    environment: { LEVEL: info, KEY_FILE: { secret: key-${i} } }`,
      '    health: { http: /healthz }',
      '    volumes: { data: /data }',
      ...(i === 0 ? [] : [`    needs: [s${i - 1}]`]),
    ].join('\n');
  const services = Array.from({ length: count }, service);
  const secrets = Array.from({ length: count }, (_, i) => `  key-${i}: { generate: {} }`);
  return `name: many\ndomain: many.test\nservices:\n${services.join('\n')}\nsecrets:\n${secrets.join('\n')}\n`;
}

/** A platform of `count` services that are an image each. */
function plainServices(count: number): string {
  const services = Array.from({ length: count }, (_, i) => `  s${i}: { image: ghcr.io/home/s${i}:1 }`);
  const hosts = 'hosts: { local: { engine: unix:///var/run/docker.sock, memory: 64Ti } }';
  return `name: many\ndomain: many.test\n${hosts}\nservices:\n${services.join('\n')}\n`;
}

/** CPU milliseconds of the command, cold, and the most memory that it held, in MiB. */
function timeCommand(text: string, rounds: number): { readonly ms: number; readonly mebibytes: number } {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-growth-'));
  try {
    writeFileSync(join(folder, 'autogit.yaml'), text);
    const bundle = join(import.meta.dirname, '../dist/autogit.mjs');
    const args = [bundle, 'compile', '--target', 'all', '-o', '-'];
    const command: Command = { name: 'autogit compile', program: process.execPath, args, cwd: folder };
    const [measured] = measure([command], rounds);
    return { ms: median(measured?.cpu ?? []) * 1000, mebibytes: peakMiB(command) ?? 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** CPU milliseconds of every step for one file. */
async function timeSteps(text: string): Promise<Times> {
  const times: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    times[name] = (user + system) / 1000;
    return result;
  };
  const bytes = new TextEncoder().encode(text);
  const { document } = await timed('read', () => readDocument({ file: 'autogit.yaml', bytes }));
  if (document === undefined) throw new Error('the generated file cannot be read');
  const { spec, findings } = await timed('validate', () => validate(document));
  if (spec === undefined) throw new Error(`the generated file is refused: ${JSON.stringify(findings)}`);
  for (const name of ['compose', 'kubernetes'] as const) {
    const { platform } = await timed(`resolve, ${name}`, () => resolve(spec, { catalog, target: name }));
    const found = await timed(`check, ${name}`, () => check(platform));
    const target = await targets[name]();
    const rendered = await timed(`render, ${name}`, () => target.render(platform));
    await timed(`diagnose, ${name}`, () => diagnose({ document, findings: [...found, ...rendered.findings] }));
  }
  return times;
}

/** The least of each step over `rounds`: what other work on the machine adds is left out. */
async function leastTimes(text: string, rounds: number): Promise<Times> {
  const least: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [step, ms] of Object.entries(await timeSteps(text))) least[step] = Math.min(least[step] ?? ms, ms);
  return { ...least, total: Object.values(least).reduce((sum, ms) => sum + ms, 0) };
}

async function report(sizes: readonly number[], rounds: number, textOf: (count: number) => string): Promise<string> {
  const columns: Times[] = [];
  // The compiler of Node has to have seen it all before anything is measured.
  await leastTimes(textOf(100), 10);
  for (const size of sizes) columns.push(await leastTimes(textOf(size), rounds));
  const cold = sizes.map((size) => timeCommand(textOf(size), rounds));
  const [first, last] = [columns[0], columns.at(-1)];
  const factor = Math.log((sizes.at(-1) ?? 1) / (sizes[0] ?? 1));
  const rows = Object.keys(first ?? {}).map((step) => {
    const exponent = Math.log((last?.[step] ?? 0) / (first?.[step] ?? 1)) / factor;
    return `| ${step} | ${columns.map((column) => (column[step] ?? 0).toFixed(1)).join(' | ')} | ${exponent.toFixed(2)} |`;
  });
  const head = `| CPU ms | ${sizes.map((size) => `${size} services`).join(' | ')} | exponent |`;
  const growth = Math.log((cold.at(-1)?.ms ?? 0) / (cold[0]?.ms ?? 1)) / factor;
  return [
    head,
    `|---|${sizes.map(() => '---:').join('|')}|---:|`,
    ...rows,
    `| the command, cold | ${cold.map(({ ms }) => ms.toFixed(0)).join(' | ')} | ${growth.toFixed(2)} |`,
    `| its peak, MiB | ${cold.map(({ mebibytes }) => mebibytes.toFixed(0)).join(' | ')} | |`,
  ].join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      services: { type: 'string', default: '100,1000' },
      rounds: { type: 'string', default: '3' },
      plain: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
    },
  });
  const { services, rounds, plain, record } = values;
  const table = await report(services.split(',').map(Number), Number(rounds), plain ? plainServices : manyServices);
  const command = `node bench/growth.ts --services ${services} --rounds ${rounds}${plain ? ' --plain' : ''}`;
  const load = loadavg()[0]?.toFixed(1);
  const about = `\`${command}\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${load} at the end. The steps are warm, the least of the rounds; 1 is growth in proportion.`;
  const text = ['## Growth', '', about, '', table].join('\n');
  console.log(text);
  if (record) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n${text}\n`);
}
