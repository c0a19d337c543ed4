/**
 * `autogit compile` beside what others use for the same work, in the same rounds: CPU of whole processes and peak memory.
 *
 *   node bench/peers.ts [--sizes 8,100,1000] [--rounds N] [--record]
 *
 * The peers that are built are measured, the others named. AutoGit writes both targets, validated, and more objects than
 * they do: network policies, an account for each service, and the kustomization. Build first: `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, type Measured, measure, median, peakMiB, ratio } from './compile/measure.ts';
import { writeInputs } from './peers/inputs.ts';
import { type Peers, peers } from './peers/programs.ts';
import { writeSameChart } from './peers/same-objects.ts';

/** kustomize takes the square of the objects: 47 s of CPU for a thousand services. */
const mostForKustomize = 100;
const root = join(import.meta.dirname, '..');
const bundle = join(root, 'dist/autogit.mjs');

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '8,100,1000' },
    rounds: { type: 'string', default: '5' },
    record: { type: 'boolean' },
  },
});
if (!existsSync(bundle)) throw new Error('there is no dist/autogit.mjs yet: run `npm run build`');
const programs = peers();
const folder = mkdtempSync(join(tmpdir(), 'autogit-peers-'));
try {
  const rounds = Number(values.rounds);
  const tables = values.sizes.split(',').map((size) => tableOf(Number(size), rounds));
  const load = loadavg()[0]?.toFixed(1);
  const text = [
    '## Compile beside its peers',
    '',
    `\`node bench/peers.ts --sizes ${values.sizes} --rounds ${rounds}\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${load} at the end. \`helm template\` makes the very objects that AutoGit renders for Kubernetes; the others make four for each service, without network policies, accounts and the kustomization.`,
    ...(programs.missing.length === 0 ? [] : ['', `Not built here: ${programs.missing.join(', ')}.`]),
    ...tables,
  ].join('\n');
  console.log(text);
  if (values.record === true) appendFileSync(join(root, 'bench/RESULTS.md'), `\n${text}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tableOf(size: number, rounds: number): string {
  const work = join(folder, String(size));
  mkdirSync(work);
  writeInputs(work, size);
  const commands = commandsFor(work, size, programs);
  const measured = measure(commands, rounds);
  const sums = pipeline(measured);
  const helm = measured.find(({ name }) => name === 'helm template');
  const rows = [...measured, ...(sums === undefined ? [] : [sums])].map((each) => {
    const command = commands.find(({ name }) => name === each.name);
    const peak = command === undefined ? '' : (peakMiB(command)?.toFixed(0) ?? '');
    const spread = `${Math.min(...each.cpu).toFixed(3)}–${Math.max(...each.cpu).toFixed(3)}`;
    const to = (reference: Measured | undefined) => (reference === undefined ? '' : ratio(each, reference).toFixed(2));
    return `| ${each.name} | **${median(each.cpu).toFixed(3)}** (${spread}) | ${to(helm)} | ${to(sums)} | ${peak} |`;
  });
  return [
    '',
    `### ${size} services`,
    '',
    '| command | CPU s, median (min–max) | × helm template | × the three tools | peak MiB |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** What gives the same as `autogit compile`: the three commands one after the other. */
function pipeline(measured: readonly Measured[]): Measured | undefined {
  const parts = ['docker compose config', 'kompose convert', 'kubeconform'].map((part) =>
    measured.find(({ name }) => name === part),
  );
  if (parts.some((part) => part === undefined)) return undefined;
  const [first] = parts;
  const sum = (_: number, round: number) => parts.reduce((total, part) => total + (part?.cpu[round] ?? 0), 0);
  return { name: 'the three tools together', cpu: first?.cpu.map(sum) ?? [] };
}

function commandsFor(work: string, size: number, { helm, kustomize, kompose, ...others }: Peers): readonly Command[] {
  const { dockerCompose, kubeconform, schemas } = others;
  const at = (name: string, program: string | undefined, ...args: readonly string[]): readonly Command[] =>
    program === undefined ? [] : [{ name, program, args, cwd: work }];
  const autogit = (name: string, ...args: readonly string[]) => at(name, process.execPath, bundle, 'compile', ...args);
  const both = ['--target', 'all', '-o'];
  const done = { cwd: work, stdio: 'ignore' } as const;
  execFileSync(process.execPath, [bundle, 'compile', ...both, 'rendered'], done);
  if (kompose !== undefined) {
    mkdirSync(join(work, 'converted'));
    execFileSync(kompose, ['convert', '-f', 'compose.yaml', '-o', 'converted'], done);
  }
  if (helm !== undefined) writeSameChart(work, size, helm);
  const objects = kompose === undefined ? 'kustomize' : 'converted';
  const location = join(schemas, 'v1.37.0', '{{.ResourceKind}}{{.KindSuffix}}.json');
  return [
    ...at('node -e 0', process.execPath, '-e', '0'),
    ...autogit('autogit compile, both targets', ...both, '-'),
    ...autogit('autogit compile, both, a folder as it is', ...both, 'rendered'),
    ...autogit('autogit compile --check', ...both, 'rendered', '--check'),
    ...at('helm template', helm, 'template', 'many', 'same-chart'),
    ...at('helm template, four objects a service', helm, 'template', 'many', 'chart'),
    ...at('kustomize build', size > mostForKustomize ? undefined : kustomize, 'build', 'kustomize'),
    ...at('docker compose config', dockerCompose, '-f', 'compose.yaml', 'config', '-q'),
    ...at('kompose convert', kompose, 'convert', '-f', 'compose.yaml', '-o', 'converted'),
    ...at(
      'kubeconform',
      kubeconform,
      '-strict',
      '-schema-location',
      location,
      '-ignore-filename-pattern',
      'kustomization',
      objects,
    ),
  ];
}
