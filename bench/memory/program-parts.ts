import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForge } from '../../tests/real/forge/start-forge.ts';
import { freePort } from '../../tests/real/free-port.ts';
import { versitygw } from '../../tests/real/oracles/programs.ts';
import { askS3 } from '../../tests/real/oracles/s3-client.ts';
import { VersityWorld } from '../../tests/real/oracles/store-world.ts';
import { type Part, pidOf, run, times } from './part.ts';

/** Gitea with SQLite, as the tests start it; its settings that cost memory are the ones that are rendered. */
export const forge: Part = {
  id: 'forge',
  program: 'Gitea 1.26.4 in the place of Forgejo',
  load: '500 pages, a push of 40 MB, 10 clones of it, 5 at once',
  start: async () => {
    const gitea = await startForge({ settings: { 'metrics.ENABLED': 'true', 'server.LFS_START_SERVER': 'true' } });
    const folder = mkdtempSync(join(tmpdir(), 'autogit-memory-'));
    return {
      pid: () => listening(new URL(gitea.url).port),
      work: async () => {
        await times(500, 10, async () => (await fetch(`${gitea.url}/${gitea.repository}`)).text());
        const first = join(folder, 'first');
        await run('git', ['clone', '-q', gitea.cloneUrl, first]);
        const script =
          'head -c 40000000 /dev/urandom > big && git add big && git -c user.name=b -c user.email=b@b commit -qm big && git push -q';
        await run('sh', ['-c', script], { cwd: first });
        await times(10, 5, (index) => run('git', ['clone', '-q', gitea.cloneUrl, join(folder, String(index))]));
      },
      stop: async () => {
        rmSync(folder, { recursive: true, force: true });
        await gitea.stop();
      },
    };
  },
};

/** The process that listens on a port: /proc/net/tcp says which socket, /proc/PID/fd who has it. */
function listening(port: string): number {
  const found = /pid=(\d+)/.exec(execFileSync('ss', ['-ltnpH', `sport = :${port}`], { encoding: 'utf8' }))?.[1];
  if (found === undefined) throw new Error(`nobody listens on ${port}`);
  return Number(found);
}

/** The S3 server over a folder. */
export const objects: Part = {
  id: 'objects',
  program: `Versity S3 Gateway ${versitygw().version}`,
  load: '200 objects of 1 MB, 4 at once',
  start: async () => {
    const world = new VersityWorld({ s3: await freePort(), admin: await freePort() });
    const running = await world.start('objects: versitygw\n');
    return { pid: pidOf(running), work: () => fill(world), stop: () => world.end() };
  },
};

async function fill(world: VersityWorld): Promise<void> {
  const keys = { accessKey: 'autogit', secretKey: 'canary-root-key-of-the-store' };
  const put = async (path: string, body = '') => {
    const { status, text } = await askS3(world.endpoint, keys, { method: 'PUT', path, body });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  };
  await put('/bench');
  await times(200, 4, (index) => put(`/bench/${index}`, 'x'.repeat(1_000_000)));
}
