import { existsSync } from 'node:fs';
import { dockerCompose } from '../../tests/real/compose/available.ts';
import { api } from '../../tests/real/docker/api.ts';
import type { Reconciler } from '../../tests/real/main-job/reconciler.ts';
import { median } from '../compile/measure.ts';
import { composeUp } from './compose-up.ts';
import { type PlatformFile, platformFile } from './platform-file.ts';
import { processCost } from './process-cost.ts';
import { untilApplied, type World } from './world.ts';

type Service = 'web' | 'door';

/** Seconds of one change, by what was measured. */
type Round = Readonly<Record<string, number>>;

/**
 * One changed container of five, in turns: pushed to a forge that the reconciler follows, and by `docker compose up -d`
 * of the project that AutoGit renders from the same file. Once for a service that is replaced start-first, once for one
 * with a published port, which is replaced stop-first.
 */
export async function measurePush(world: World, rounds: number): Promise<readonly string[]> {
  const compose = dockerCompose();
  if (!existsSync(compose.path)) throw new Error('docker compose is not built: run tests/real/compose/prepare first');
  const engine = await world.engine();
  const { socket } = engine;
  const greeting: Record<Service, string> = { web: '0', door: '0' };
  const file = (name: string, port: number): PlatformFile => ({
    ...{ name, socket, count: 5, intervalSeconds: 1, healthSeconds: 5 },
    web: greeting.web,
    door: { greeting: greeting.door, port },
  });
  const push = (subject: string): Promise<string> => world.repository.push(platformFile(file('ours', 18080)), subject);
  const peer = { world, program: compose.path, socket };
  const up = (options: readonly string[]) => composeUp(peer, platformFile(file('peer', 18081)), options);
  const first = await push('first');
  const reconciler = await world.reconciler('push');
  await untilApplied(reconciler, first);
  up(['--wait']);
  const measured: Record<Service, Round[]> = { web: [], door: [] };
  for (let round = 1; round <= rounds; round += 1) {
    for (const service of ['web', 'door'] as const) {
      greeting[service] = `${round}`;
      const ours = await change(reconciler, socket, service, () => push(`${service} ${round}`));
      const plain = up([]);
      greeting[service] = `${round} again`;
      measured[service].push({ ...ours, ...plain, waited: up(['--wait']).up });
    }
  }
  return report(measured, rounds, compose.version);
}

/** The moments are those that the reconciler wrote into its journal, and the engine's own start of the new container. */
async function change(reconciler: Reconciler, socket: string, service: Service, push: () => Promise<string>) {
  const pid = reconciler.process.pid ?? 0;
  const before = processCost(pid).ownMs;
  const revision = await push();
  const pushedAt = Date.now();
  const status = await untilApplied(reconciler, revision);
  const at = (event: string): number =>
    status.events.find((each) => each.event === event && each.revision === revision)?.at ?? Number.NaN;
  const seenAt = at('revision.applying');
  const appliedAt = at('revision.applied');
  const { State } = (await api(socket, 'GET', `/containers/ours-${service}-1/json`)) as {
    readonly State: { readonly StartedAt: string };
  };
  return {
    pushed: (appliedAt - pushedAt) / 1000,
    seen: (appliedAt - seenAt) / 1000,
    started: (Date.parse(State.StartedAt) - seenAt) / 1000,
    cpu: (processCost(pid).ownMs - before) / 1000,
  };
}

function report(measured: Readonly<Record<Service, readonly Round[]>>, rounds: number, version: string): string[] {
  const row = (service: Service, name: string, field: string): string => {
    const values = measured[service].map((round) => round[field] ?? Number.NaN);
    const ratio = median(measured[service].map((round) => (round[field] ?? Number.NaN) / (round.up ?? Number.NaN)));
    const spread = `**${median(values).toFixed(2)}** (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
    return `| ${name} | ${spread} | ${ratio.toFixed(2)} |`;
  };
  const rows = (service: Service): string[] => [
    row(service, 'push has returned → applied', 'pushed'),
    row(service, 'revision seen → new container started', 'started'),
    row(service, 'revision seen → applied', 'seen'),
    row(service, '`docker compose up -d`', 'up'),
    row(service, '`docker compose up -d --wait`', 'waited'),
    row(service, 'CPU of the reconciler for it, its status asked for ten times a second', 'cpu'),
    row(service, 'CPU of `docker compose up -d`', 'composeCpu'),
  ];
  const head = (what: string): string[] => [
    '',
    `| ${what} | s, median (min–max) | × compose up -d |`,
    '| --- | --- | --- |',
  ];
  return [
    '### One changed container of five, against docker compose',
    '',
    `docker compose ${version.slice(1)} works on the project that AutoGit renders from the same file, on the same engine, in turns, ${rounds} rounds. AutoGit looks at Git once a second here, over http at a real forge; its times end when the revision is recorded as applied, compose's when the command ends. Without \`--wait\` compose does not look whether the new container works. AutoGit does: its health command must succeed, and the container must still run a second later. The engine checks health every 5 s; with AutoGit's default of 30 s \`--wait\` takes 31 s.`,
    ...head('start-first: the old one serves until the new one is healthy, then both for 1 s'),
    ...rows('web'),
    ...head('stop-first: a published port, the old one is kept until the new one is healthy'),
    ...rows('door'),
  ];
}
