/**
 * Memory of the parts of a platform for 8 GB, run one by one as processes of this machine with what AutoGit renders for
 * examples/6-homelab: at rest, and the most under a load that is named.
 *
 *   node bench/memory.ts [--part database]… [--record]
 *
 * `--record` appends the table to bench/RESULTS.md. Needs what the suites oracles and forge need; Garage
 * (`tests/real/oracles/prepare garage`) and Debian's `prometheus-node-exporter` are measured where they are.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Platform } from '../compiler/model/platform.ts';
import { platformOf } from '../tests/real/oracles/ingress-world.ts';
import { traefik } from '../tests/real/oracles/programs.ts';
import { backup, cache, database, registry } from './memory/data-parts.ts';
import { store } from './memory/garage-part.ts';
import { dns, ingress } from './memory/network-parts.ts';
import type { Part } from './memory/part.ts';
import { forge, objects } from './memory/program-parts.ts';
import { atRest, highest, type Memory } from './memory/proportional.ts';
import { alerts, machine, monitoring } from './memory/watch-parts.ts';

const parts = [ingress, dns, database, cache, registry, forge, objects, store, monitoring, alerts, machine, backup];
const { values } = parseArgs({
  options: {
    part: {
      type: 'string',
      multiple: true,
      default: parts.filter(({ isHere }) => isHere?.() ?? true).map(({ id }) => id),
    },
    record: { type: 'boolean' },
  },
});
const unknown = values.part.filter((id) => !parts.some((part) => part.id === id));
if (unknown.length > 0)
  throw new Error(`no part ${unknown.join(', ')}; known: ${parts.map(({ id }) => id).join(', ')}`);

const platform = await homelab();
const rows: string[] = [];
for (const part of parts.filter(({ id }) => values.part.includes(id))) {
  process.stderr.write(`measuring ${part.id}\n`);
  rows.push(await measured(part, platform));
  process.stderr.write(`${rows.at(-1)}\n`);
}
const text = [
  '## Memory',
  '',
  `\`${['node bench/memory.ts', ...process.argv.slice(2).filter((arg) => arg !== '--record')].join(' ')}\`, ${new Date().toISOString().slice(0, 10)}. MiB by Pss of /proc/PID/smaps_rollup, all processes of a part together;`,
  'in brackets what of it the kernel cannot drop (anonymous and shared memory). The limit is the one of examples/6-homelab.',
  '',
  '| part | program | limit | at rest | most under load | after it | load |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');
console.log(text);
if (values.record === true) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n${text}\n`);

/** The example with objects beside it, without AutoGit's own metrics, which are not there, and with the version of Traefik that is here, whose settings differ from the next. */
async function homelab(): Promise<Platform> {
  const file = readFileSync(join(import.meta.dirname, '../examples/6-homelab/autogit.yaml'), 'utf8').replace(
    /^ {2}autogit: .*\n/m,
    '',
  );
  return platformOf(`${file}\ningress: { use: traefik, image: "traefik:${traefik().version}" }\nobjects: versitygw\n`);
}

async function measured(part: Part, on: Platform): Promise<string> {
  const started = await part.start(on);
  try {
    const rest = started.pid() === 0 ? undefined : await atRest(started.pid());
    const most = await highest(started.pid, started.work);
    const after = rest === undefined ? undefined : await atRest(started.pid());
    const limit = on.workloads.find(({ id }) => id === part.id)?.limits.memoryBytes;
    const limitText = limit === undefined ? '' : String(limit / 2 ** 20);
    return `| ${part.id} | ${part.program} | ${limitText} | ${shown(rest)} | **${shown(most)}** | ${shown(after)} | ${part.load} |`;
  } finally {
    await started.stop();
  }
}

function shown(memory: Memory | undefined): string {
  if (memory === undefined) return '';
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  return `${mebibytes(memory.proportional)} (${mebibytes(memory.kept)})`;
}
