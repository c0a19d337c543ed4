import { appendFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomFrom } from '../reconciler/load/trace-jobs.ts';
import type { Snapshot } from '../reconciler/model/snapshot.ts';
import { scalePools } from '../reconciler/plan/scale.ts';
import { aHost, aPool, atForge, fresh, job, NOON, onHost, runs, snapshotOf } from '../tests/scale/world.ts';
import { measure, median } from './compile/measure.ts';

/** CPU milliseconds that one decision may cost. `node bench/scale.ts --record` appends the result to bench/RESULTS.md. */
const barMs = 20;
const GIB = 1024 ** 3;
const POOL_COUNT = 100;
const JOB_COUNT = 10_000;

/** 10,000 waiting jobs with mixed labels, oldest first as a forge lists them, 100 pools on 20 hosts, 1,000 runners of which half are busy. */
export function largeSnapshot(): Snapshot {
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

interface ScaleCost {
  /** CPU, so that other work on the machine counts less: median after a warm-up, the least, and the first. */
  readonly medianMs: number;
  readonly leastMs: number;
  readonly coldMs: number;
  /** By the clock, median. */
  readonly wallMs: number;
  /** CPU of `node -e 0` in the same run, median; and the median of the decision's share of it, round by round. */
  readonly bareMs: number;
  readonly toBare: number;
  readonly actions: number;
}

/** Each round starts bare Node once and then decides five times, so that a busy moment of the machine hits both alike. */
function measureScale(rounds = 15): ScaleCost {
  const snapshot = largeSnapshot();
  const cold = decide(snapshot);
  for (let i = 0; i < 15; i += 1) decide(snapshot);
  const decisions: Decided[] = [];
  const bare: number[] = [];
  const toBare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const node = { name: 'node -e 0', program: process.execPath, args: ['-e', '0'], cwd: import.meta.dirname };
    const bareMs = (measure([node], 1)[0]?.cpu[0] ?? 0) * 1000;
    const here = Array.from({ length: 5 }, () => decide(snapshot));
    decisions.push(...here);
    bare.push(bareMs);
    toBare.push(median(here.map(({ cpuMs }) => cpuMs)) / bareMs);
  }
  const cpu = decisions.map(({ cpuMs }) => cpuMs);
  return {
    medianMs: median(cpu),
    leastMs: Math.min(...cpu),
    coldMs: cold.cpuMs,
    wallMs: median(decisions.map(({ wallMs }) => wallMs)),
    bareMs: median(bare),
    toBare: median(toBare),
    actions: cold.actions,
  };
}

interface Decided {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly actions: number;
}

function decide(snapshot: Snapshot): Decided {
  const start = performance.now();
  const before = process.cpuUsage();
  const actions = scalePools(snapshot).actions.length;
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start, actions };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { record: { type: 'boolean' } } });
  const cost = measureScale();
  const ms = (value: number): string => value.toFixed(1);
  const text = [
    '## Scaling decision',
    '',
    `\`node bench/scale.ts\`, Node ${process.versions.node}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}. Bar: ${barMs} ms of CPU.`,
    '',
    '| decision | CPU ms, median | least | the first | by the clock ms, median | × `node -e 0` | that one, CPU ms |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    `| ${JOB_COUNT} jobs × ${POOL_COUNT} pools, 1000 runners on 20 hosts, ${cost.actions} actions | **${ms(cost.medianMs)}** | ${ms(cost.leastMs)} | ${ms(cost.coldMs)} | ${ms(cost.wallMs)} | ${cost.toBare.toFixed(2)} | ${ms(cost.bareMs)} |`,
  ].join('\n');
  console.log(text);
  if (values.record === true) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n${text}\n`);
}
