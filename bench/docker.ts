/**
 * What a cycle without changes costs on a Docker host: time, API calls and CPU of `observe`, with 10, 50 and 100
 * containers on a throw-away engine. usage: node bench/docker.ts
 */
import { createDockerEngine } from '../reconciler/docker/create-docker-engine.ts';
import { unitLabels } from '../reconciler/docker/labels.ts';
import { api } from '../tests/real/docker/api.ts';
import { startApiProxy } from '../tests/real/docker/api-proxy.ts';
import { clock, containerUnit, recordingLog, scope } from '../tests/real/docker/harness.ts';
import { startEngine } from '../tests/real/docker/start-engine.ts';

const CYCLES = 20;

const real = await startEngine();
const proxy = await startApiProxy(real.socket);
const engine = createDockerEngine({ url: real.url, host: 'local', clock, log: recordingLog() });
const counted = createDockerEngine({ url: proxy.url, host: 'local', clock, log: recordingLog() });
try {
  process.stdout.write(
    '| containers | first look ms | no-op cycle ms (median) | own CPU ms | API calls | writes |\n|---|---|---|---|---|---|\n',
  );
  let made = 0;
  for (const count of [10, 50, 100]) {
    for (; made < count; made++) await make(made);
    const fresh = createDockerEngine({ url: real.url, host: 'local', clock, log: recordingLog() });
    const first = await timed(() => fresh.observe(scope, AbortSignal.timeout(60_000)));
    fresh.close();
    await engine.observe(scope, AbortSignal.timeout(60_000));
    await counted.observe(scope, AbortSignal.timeout(60_000));
    proxy.calls.length = 0;
    await counted.observe(scope, AbortSignal.timeout(60_000));
    const before = process.cpuUsage();
    const times: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle++)
      times.push(await timed(() => engine.observe(scope, AbortSignal.timeout(60_000))));
    const spent = process.cpuUsage(before);
    const median = times.sort((a, b) => a - b)[CYCLES / 2] ?? 0;
    const cpu = (spent.user + spent.system) / 1000 / CYCLES;
    process.stdout.write(
      `| ${count} | ${first.toFixed(0)} | ${median.toFixed(1)} | ${cpu.toFixed(1)} | ${proxy.calls.length} | ${proxy.writes().length} |\n`,
    );
  }
} finally {
  engine.close();
  counted.close();
  await proxy.close();
  await real.stop();
}

/** Created is enough: what is listed and inspected is the same as for a running one. */
async function make(index: number): Promise<void> {
  const unit = containerUnit(`bench-${index}`);
  const body = { Image: 'autogit-test/plain:1', Labels: unitLabels(unit, scope) };
  await api(real.socket, 'POST', `/containers/create?name=${unit.name}`, body);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
