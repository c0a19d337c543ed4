import { setTimeout as sleep } from 'node:timers/promises';
import { startApiProxy } from '../../tests/real/docker/api-proxy.ts';
import type { Reconciler } from '../../tests/real/main-job/reconciler.ts';
import { median } from '../compile/measure.ts';
import { platformFile } from './platform-file.ts';
import { type ProcessCost, processCost } from './process-cost.ts';
import { untilApplied, type World } from './world.ts';

const sizes = [10, 50, 100];
const windowMs = 20_000;

/**
 * Cycles in which nothing changes, of the whole reconciler: look at Git over http, compile from memory, observe the
 * engine through a recording proxy, plan, record, report. One cycle per second.
 */
export async function measureNoOp(world: World): Promise<readonly string[]> {
  const engine = await world.engine();
  const proxy = await startApiProxy(engine.socket);
  const socket = proxy.url.slice('unix://'.length);
  const push = (count: number): Promise<string> =>
    world.repository.push(platformFile({ name: 'noop', socket, count, intervalSeconds: 1 }), `${count} services`);
  const rows: string[] = [];
  try {
    let revision = await push(sizes[0] ?? 0);
    const reconciler = await world.reconciler('no-op');
    for (const count of sizes) {
      if (count !== sizes[0]) revision = await push(count);
      const began = performance.now();
      await untilApplied(reconciler, revision);
      process.stderr.write(`${count} services applied in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
      // The look that follows the last action is not a cycle without changes.
      await sleep(5000);
      rows.push(await row(count, reconciler, proxy));
    }
  } finally {
    await proxy.close();
  }
  return [
    '### A cycle without changes',
    '',
    'Everything a cycle does, Git looked at over http each time; the engine is reached through a recording proxy, which lengthens each call a little. CPU is per cycle. Bar: 100 containers < 1000 ms.',
    '',
    '| containers | cycle ms, median (min–max) | own CPU ms | git CPU ms | engine API calls | of them writes | RSS MiB |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

/** First a time in which nobody asks, for the CPU and the calls; then one in which the status is read, for the durations. */
async function row(count: number, reconciler: Reconciler, proxy: Awaited<ReturnType<typeof startApiProxy>>) {
  const pid = reconciler.process.pid ?? 0;
  const first = (await reconciler.status()).cycle.number;
  proxy.calls.length = 0;
  const before = processCost(pid);
  await sleep(windowMs);
  const after = processCost(pid);
  const calls = proxy.calls.length;
  const writes = proxy.writes().length;
  const cycles = (await reconciler.status()).cycle.number - first;
  const durations = new Map<number, number>();
  for (const end = performance.now() + windowMs; performance.now() < end; await sleep(250)) {
    const { cycle } = await reconciler.status();
    if (cycle.lastMs !== undefined) durations.set(cycle.number, cycle.lastMs);
  }
  const times = [...durations.values()];
  const each = (field: keyof ProcessCost): string => ((after[field] - before[field]) / cycles).toFixed(0);
  const spread = `**${median(times).toFixed(0)}** (${Math.min(...times)}–${Math.max(...times)})`;
  return `| ${count} | ${spread} | ${each('ownMs')} | ${each('childrenMs')} | ${(calls / cycles).toFixed(1)} | ${writes} | ${after.residentMiB.toFixed(0)} |`;
}
