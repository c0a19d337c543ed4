import { appendFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomFrom } from '../reconciler/load/trace-jobs.ts';
import { scalePools } from '../reconciler/plan/scale.ts';
import { aHost, aPool, atForge, fresh, job, NOON, onHost, runs, snapshotOf } from '../tests/scale/world.ts';

/** CPU milliseconds that one decision may cost. */
const barMs = 20;
const GIB = 1024 ** 3;
const POOL_COUNT = 100;
const JOB_COUNT = 10_000;

/** 10,000 waiting jobs with mixed labels, oldest first as a forge lists them, 100 pools on 20 hosts, 1,000 runners of which half are busy. */
export function largeSnapshot() {
  const random = randomFrom(7);
  const hosts = Array.from({ length: 20 }, (_, i) => `h${i}`);
  const pools = Array.from({ length: POOL_COUNT }, (_, i) =>
    aPool({
      id: `p${i}`,
      labels: ['linux', `team-${i % 20}`, `kind-${i}`],
      hosts: hosts.slice(i % 10, (i % 10) + 10),
      max: 50,
      idle: 1,
    }),
  );
  const names = Array.from({ length: 1_000 }, (_, i) => `home-p${i % POOL_COUNT}-${i + 1}`);
  const runners = names.map((name, i) =>
    onHost(name, { of: pools[i % POOL_COUNT] ?? aPool(), host: `h${(i % 10) + (i % 7)}` }),
  );
  const queued = Array.from({ length: JOB_COUNT }, (_, i) => {
    const pool = Math.floor(random() * POOL_COUNT);
    return job(String(i), random() < 0.5 ? [`kind-${pool}`] : ['linux', `team-${pool % 20}`], NOON - 600_000 + i * 50);
  });
  return snapshotOf({
    pools,
    queued,
    running: names.slice(0, 500).map((name) => runs(name)),
    forge: names.map((name) => atForge(name)),
    hosts: Object.fromEntries(
      hosts.map((id) => [
        id,
        fresh(
          aHost(
            runners.filter((runner) => runner.host === id),
            { cpus: 512, memory: 1024 * GIB },
          ),
        ),
      ]),
    ),
  });
}

/** CPU milliseconds of one decision, so that other work on the machine does not count: median after a warm-up, and the first. */
export function measureScale(rounds = 60): {
  readonly medianMs: number;
  readonly coldMs: number;
  readonly wallMs: number;
  readonly actions: number;
} {
  const snapshot = largeSnapshot();
  const cpu: number[] = [];
  const wall: number[] = [];
  let actions = 0;
  for (let i = 0; i < rounds; i += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    actions = scalePools(snapshot).actions.length;
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - start);
  }
  return { medianMs: median(cpu.slice(10)), coldMs: cpu[0] ?? 0, wallMs: median(wall.slice(10)), actions };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { record: { type: 'boolean' } } });
  const { medianMs, coldMs, wallMs, actions } = measureScale();
  const text = [
    '## Scaling decision',
    '',
    `\`node bench/scale.ts\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}. Bar: ${barMs} ms.`,
    '',
    '| decision | CPU ms, median | CPU ms, the first | by the clock ms, median |',
    '| --- | --- | --- | --- |',
    `| ${JOB_COUNT} jobs × ${POOL_COUNT} pools, 1000 runners on 20 hosts, ${actions} actions | **${medianMs.toFixed(1)}** | ${coldMs.toFixed(1)} | ${wallMs.toFixed(1)} |`,
  ].join('\n');
  console.log(text);
  if (values.record === true) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n${text}\n`);
}
