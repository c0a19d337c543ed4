import type { PoolStatus, Status } from '../../../reconciler/model/status.ts';

/** A platform with something of everything: a failed action, a hold, drift, a pool that grows. */
export function sampleStatus(at: number): Status {
  return {
    at,
    platform: 'home',
    version: '0.1.0',
    embedded: true,
    sentence: '1 of 4 units needs attention: wiki never got healthy, the old one runs',
    health: 'attention',
    source: {
      name: 'https://git.home.lan/ops/platform.git',
      branch: 'main',
      revision: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334',
      subject: 'wiki 3',
      checkedAt: at - 4000,
    },
    revision: {
      revision: 'ffeeddccbbaa00112233445566778899aabbccdd',
      at: at - 60_000,
      state: 'applied',
      reason: 'rolled back from a1b2c3d4',
    },
    hosts: [{ id: 'local', kind: 'docker', state: 'fresh', detail: 'Docker 20.10.24, 2 CPUs, 8 GiB', at: at - 1000 }],
    units: [
      {
        id: 'container/local/forge',
        kind: 'container',
        host: 'local',
        state: 'ok',
        detail: 'healthy',
        image: 'codeberg.org/forgejo/forgejo:15.0.9-rootless',
      },
      {
        id: 'container/local/wiki',
        kind: 'container',
        host: 'local',
        state: 'unhealthy',
        detail: 'GET /healthz answers 500',
        image: 'requarks/wiki:2',
      },
      { id: 'volume/local/forge-data', kind: 'volume', host: 'local', state: 'ok', detail: 'kept' },
      { id: 'network/local/ingress-forge', kind: 'network', host: 'local', state: 'ok', detail: '' },
    ],
    plan: {
      digest: '0123456789abcdef0123456789abcdef',
      revision: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334',
      at: at - 9000,
      actions: [
        {
          id: 'apply-container:container/local/wiki',
          kind: 'apply-container',
          host: 'local',
          reason: 'image 2 → 3',
          cause: 'file',
          state: 'failed',
          detail: 'exited with 1: <script>alert(1)</script>',
        },
        {
          id: 'connect-container:container/local/forge',
          kind: 'connect-container',
          host: 'local',
          reason: 'detached from home-ingress-forge',
          cause: 'drift',
          state: 'done',
        },
      ],
      holds: [
        {
          subject: 'network/local/old',
          reason: 'not removed while host gpu-box cannot be read',
          next: 'bring gpu-box back or take it out of hosts',
        },
      ],
    },
    pools: [samplePool(at, 3)],
    history: [
      {
        revision: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334',
        at: at - 9000,
        state: 'quarantined',
        reason: 'wiki never got healthy',
      },
      { revision: 'ffeeddccbbaa00112233445566778899aabbccdd', at: at - 60_000, state: 'applied' },
    ],
    events: [
      {
        at: at - 8000,
        event: 'action.failed',
        subject: 'container/local/wiki',
        detail: 'never healthy within 60 s; the old one was put back',
      },
    ],
    cycle: { number: 42, lastMs: 31, nextAt: at + 30_000 },
  };
}

export function samplePool(at: number, queued: number): PoolStatus {
  return {
    pool: 'linux',
    queued,
    busy: 2,
    idle: 0,
    starting: 1,
    size: 3,
    desired: 5,
    max: 8,
    decision: {
      pool: 'linux',
      at: at - 1000,
      inputs: [
        { name: 'jobs waiting', value: queued, ageMs: 400 },
        { name: 'runners busy', value: 2, ageMs: 400 },
      ],
      clamps: [
        { name: 'max', before: 5, after: 5, reason: 'size.max is 8' },
        { name: 'burst', before: 5, after: 4, reason: 'at most 1 new runner at once' },
      ],
      current: 3,
      desired: 5,
      held: false,
      sentence: `${queued} jobs wait and 2 run, so 5 runners are wanted; 2 more are started`,
    },
    series: Array.from({ length: 60 }, (_, index) => ({
      at: at - (60 - index) * 10_000,
      queued: index % 7,
      busy: Math.min(3, index % 5),
      size: Math.min(8, Math.floor(index / 10)),
    })),
  };
}
