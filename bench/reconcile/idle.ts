import { setTimeout as sleep } from 'node:timers/promises';
import { platformFile } from './platform-file.ts';
import { processCost } from './process-cost.ts';
import { untilApplied, type World } from './world.ts';

const count = 20;
const minutes = 2;

/** Memory and CPU of a reconciler that has applied 20 containers and then has nothing to do, with the default interval. */
export async function measureIdle(world: World): Promise<readonly string[]> {
  const engine = await world.engine();
  const { socket } = engine;
  const text = platformFile({ name: 'idle', socket, count, intervalSeconds: 30 });
  const revision = await world.repository.push(text, 'twenty services');
  const reconciler = await world.reconciler('idle');
  await untilApplied(reconciler, revision);
  const pid = reconciler.process.pid ?? 0;
  const before = processCost(pid);
  const first = (await reconciler.status()).cycle.number;
  await sleep(minutes * 60_000);
  const after = processCost(pid);
  const cycles = (await reconciler.status()).cycle.number - first;
  const perMinute = (field: 'ownMs' | 'childrenMs'): string => ((after[field] - before[field]) / minutes).toFixed(0);
  return [
    '### At rest',
    '',
    `${count} containers, Git looked at every 30 s, ${minutes} minutes after the revision was applied (${cycles} cycles in that time). Bar: RSS ≤ 150 MiB.`,
    '',
    '| RSS MiB after applying | RSS MiB at rest | highest RSS MiB | own CPU ms per minute | git CPU ms per minute |',
    '| --- | --- | --- | --- | --- |',
    `| ${before.residentMiB.toFixed(0)} | **${after.residentMiB.toFixed(0)}** | ${after.peakMiB.toFixed(0)} | ${perMinute('ownMs')} | ${perMinute('childrenMs')} |`,
  ];
}
