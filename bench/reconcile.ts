/**
 * What the reconciler costs on a real Docker Engine, as its own process from the bundle, following a real forge:
 * a cycle without changes, one changed container against `docker compose up -d`, and being at rest.
 *
 *   node bench/reconcile.ts [--part push|no-op|idle]… [--rounds N] [--record]
 *
 * `--record` appends the tables to bench/RESULTS.md. Needs what the suites docker, forge and compose need.
 */
import { appendFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { available as dockerAvailable } from '../tests/real/docker/available.ts';
import { available as forgeAvailable } from '../tests/real/forge/available.ts';
import { measureIdle } from './reconcile/idle.ts';
import { measureNoOp } from './reconcile/no-op.ts';
import { measurePush } from './reconcile/push.ts';
import { startWorld, type World } from './reconcile/world.ts';

const parts: Readonly<Record<string, (world: World, rounds: number) => Promise<readonly string[]>>> = {
  'no-op': measureNoOp,
  push: measurePush,
  idle: measureIdle,
};
const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: Object.keys(parts) },
    rounds: { type: 'string', default: '7' },
    record: { type: 'boolean' },
  },
});
const unknown = values.part.filter((name) => parts[name] === undefined);
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; known: ${Object.keys(parts).join(', ')}`);
const needed = await Promise.all([dockerAvailable(), forgeAvailable()]);
for (const part of needed) if (!part.ok) throw new Error(part.reason);
const on = needed.map((part) => (part.ok ? part.what : '')).join(', ');

const world = await startWorld();
try {
  const tables: string[] = [];
  for (const [name, measure] of Object.entries(parts).filter(([each]) => values.part.includes(each))) {
    process.stderr.write(`measuring ${name}\n`);
    tables.push('', ...(await measure(world, Number(values.rounds))));
    await world.endPart();
  }
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0]?.toFixed(1);
  const machine = `Node ${process.versions.node}, ${on}, ${cpus().length} CPUs shared with other work, load ${load} at the end, ${date}`;
  const command = ['node bench/reconcile.ts', ...process.argv.slice(2).filter((arg) => arg !== '--record')].join(' ');
  const text = ['## Reconciler', '', `\`${command}\`, ${machine}.`, ...tables].join('\n');
  console.log(text);
  if (values.record === true) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n${text}\n`);
} finally {
  await world.stop();
}
