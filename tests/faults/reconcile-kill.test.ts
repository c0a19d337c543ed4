import { describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../fakes/stage.ts';
import { worldText } from '../fakes/world-text.ts';

const before = `name: home
domain: home.lan
secrets: { pin: { env: PIN } }
services:
  web: { image: web:1, port: 80, host: web, needs: [db], health: { http: / }, environment: { PIN_FILE: { secret: pin } } }
  db: { image: db:1, port: 5432, volumes: { data: /data }, health: { tcp: true } }
  gone: { image: gone:1, port: 90 }
`;
/** Another image for both ways of replacing, another secret, a service that goes, one that comes. */
const after = `name: home
domain: home.lan
secrets: { pin: { env: PIN } }
services:
  web: { image: web:2, port: 80, host: web, needs: [db], health: { http: / }, environment: { PIN_FILE: { secret: pin } } }
  db: { image: db:2, port: 5432, volumes: { data: /data }, health: { tcp: true } }
  come: { image: come:1, port: 91, needs: [db] }
`;

async function arrange(): Promise<Stage> {
  const stage = createStage();
  stage.secrets.pin = '1234';
  stage.commit(before);
  await settle(stage);
  stage.secrets.pin = '5678';
  stage.commit(after);
  return stage;
}

/** Cycles, restarting after each kill, until one has nothing more to do. */
async function settle(stage: Stage): Promise<void> {
  for (let count = 0; count < 20; count += 1) {
    const result = await stage.clock.run(stage.reconciler.cycle()).catch((error: Error) => {
      if (error.message !== 'killed') throw error;
      stage.restart();
      return { again: true };
    });
    if (!result.again) return;
  }
  throw new Error('did not settle within 20 cycles');
}

async function uninterrupted(): Promise<{
  readonly end: string;
  readonly steps: readonly string[];
  readonly writes: number;
}> {
  const stage = await arrange();
  const steps: string[] = [];
  let writes = 0;
  stage.beforeStep = (step) => void steps.push(step);
  stage.atStoreWrite = () => {
    writes += 1;
  };
  await settle(stage);
  return { end: worldText(stage.world()), steps, writes };
}

describe('a reconciler that is killed', async () => {
  const { end, steps, writes } = await uninterrupted();

  it('is tried at enough places to mean something', () => {
    expect(steps.length).toBeGreaterThan(20);
    expect(writes).toBeGreaterThan(60);
    expect(end).toContain('home-db-data');
  });

  it.each(steps.map((step, index) => [index + 1, step] as const))(
    'before step %i (%s) comes to the same end',
    async (kill) => {
      const stage = await arrange();
      let count = 0;
      stage.beforeStep = () => {
        count += 1;
        if (count === kill) throw new Error('killed');
      };
      await settle(stage);
      expect(worldText(stage.world())).toBe(end);
    },
  );

  it('before or after any write to its memory comes to the same end', async () => {
    for (let kill = 1; kill <= writes; kill += 1) {
      const stage = await arrange();
      let count = 0;
      let call = '';
      stage.atStoreWrite = (name, when) => {
        count += 1;
        if (count !== kill) return;
        call = `${when} ${name}`;
        throw new Error('killed');
      };
      await settle(stage);
      expect(worldText(stage.world()), `killed ${call}, write ${kill}`).toBe(end);
      expect(stage.store.interrupted()).toEqual([]);
    }
  }, 180_000);
});
