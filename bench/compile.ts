/**
 * CPU of a cold `autogit compile`: the smallest file and one of eight services, to both targets, validated.
 *
 *   node bench/compile.ts [--rounds N] [--record]
 *
 * Beside it in the same rounds: bare Node, and `docker compose config` of the rendered project where that is built
 * (tests/real/compose/prepare). `--record` appends the table to bench/RESULTS.md. Build first: `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dockerCompose } from '../tests/real/compose/available.ts';
import { type Command, type Measured, measure, median, ratio } from './compile/measure.ts';

/** CPU seconds that the eight-service file may cost on the machine that the bar was set on. */
const barSeconds = 0.12;
const root = join(import.meta.dirname, '..');
const bundle = join(root, 'dist/autogit.mjs');
const files = {
  smallest: join(root, 'examples/1-smallest/autogit.yaml'),
  eight: join(root, 'bench/compile/eight-services.yaml'),
};

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, record: { type: 'boolean' } } });
if (!existsSync(bundle)) throw new Error('there is no dist/autogit.mjs yet: run `npm run build`');
const folder = mkdtempSync(join(tmpdir(), 'autogit-bench-'));
try {
  const rounds = Number(values.rounds);
  const text = report(measure(commandsIn(folder), rounds), rounds);
  console.log(text);
  if (values.record === true) appendFileSync(join(root, 'bench/RESULTS.md'), `\n${text}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function commandsIn(folder: string): readonly Command[] {
  const autogit = (name: string, ...args: readonly string[]): Command => ({
    name,
    program: process.execPath,
    args: [bundle, ...args],
    cwd: root,
  });
  const out = join(folder, 'eight');
  execFileSync(process.execPath, [bundle, 'compile', '-f', files.eight, '--target', 'all', '-o', out]);
  const compose = dockerCompose().path;
  const peer = { name: 'docker compose config, eight', program: compose, args: ['config', '-q'] };
  return [
    { name: 'node -e 0', program: process.execPath, args: ['-e', '0'], cwd: root },
    ...(existsSync(compose) ? [{ ...peer, cwd: join(out, 'compose/local') }] : []),
    autogit('validate, eight', 'validate', '-f', files.eight),
    autogit('compile, smallest, both targets', 'compile', '-f', files.smallest, '--target', 'all', '-o', '-'),
    autogit('compile, eight, Compose', 'compile', '-f', files.eight, '--target', 'compose', '-o', '-'),
    autogit('compile, eight, Kubernetes', 'compile', '-f', files.eight, '--target', 'kubernetes', '-o', '-'),
    autogit('compile, eight, both targets', 'compile', '-f', files.eight, '--target', 'all', '-o', '-'),
    autogit('compile, eight, both, into a folder', 'compile', '-f', files.eight, '--target', 'all', '-o', out),
  ];
}

function report(measured: readonly Measured[], rounds: number): string {
  const bare = measured.find(({ name }) => name.startsWith('node')) as Measured;
  const peer = measured.find(({ name }) => name.startsWith('docker'));
  const rows = measured.map((each) => {
    const spread = `${Math.min(...each.cpu).toFixed(3)}–${Math.max(...each.cpu).toFixed(3)}`;
    const toPeer = peer === undefined ? 'not built' : ratio(each, peer).toFixed(2);
    return `| ${each.name} | **${median(each.cpu).toFixed(3)}** (${spread}) | ${ratio(each, bare).toFixed(1)} | ${toPeer} |`;
  });
  const load = loadavg()[0]?.toFixed(1);
  return [
    '## Cold compile',
    '',
    `\`node bench/compile.ts --rounds ${rounds}\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${load} at the end. Bar: ${barSeconds} s for eight services to both targets.`,
    '',
    '| command | CPU s, median (min–max) | × bare Node | × docker compose config |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
