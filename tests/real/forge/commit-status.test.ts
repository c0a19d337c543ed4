import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitSource } from '../../../reconciler/follow/git.ts';
import { ok } from '../../../reconciler/model/result.ts';
import { Secret } from '../../../reconciler/model/secret.ts';
import { createCommitStatus } from '../../../reconciler/notify/commit-status.ts';
import { repositoryOf } from '../../../reconciler/notify/repository.ts';
import { silentLog } from '../../fakes/silent-log.ts';
import { realClock } from '../../follow/real-clock.ts';
import { available } from './available.ts';
import { type Forge, startForge } from './start-forge.ts';

const here = await available();
const never = new AbortController().signal;

describe.skipIf(!here.ok)(`a private repository on ${here.ok ? here.what : here.reason}`, () => {
  let forge: Forge;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    forge = await startForge();
    folder = mkdtempSync(join(tmpdir(), 'autogit-status-'));
    address = `${forge.url}/${forge.user}/platform.git`;
    await forge.api('POST', '/user/repos', {
      name: 'platform',
      private: true,
      auto_init: false,
      default_branch: 'main',
    });
  });
  afterAll(async () => {
    await forge.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const tokenOf = (token: string) => () => Promise.resolve(ok(new Secret(token)));
  const source = (token?: string) =>
    createGitSource({
      url: address,
      branch: 'main',
      path: 'autogit.yaml',
      directory: join(folder, token ?? 'anonymous'),
      clock: realClock,
      log: silentLog,
      ...(token === undefined ? {} : { credentials: { token: tokenOf(token) } }),
    });

  async function put(content: string, sha?: string): Promise<string> {
    const answer = (await forge.api(
      sha === undefined ? 'POST' : 'PUT',
      `/repos/${forge.user}/platform/contents/autogit.yaml`,
      {
        content: Buffer.from(content).toString('base64'),
        message: 'a change',
        branch: 'main',
        ...(sha === undefined ? {} : { sha }),
      },
    )) as { commit: { sha: string } };
    return answer.commit.sha;
  }

  it('is followed with a token that may only read it, and gets the status of the commit', async () => {
    const reader = await forge.makeToken(['read:repository']);
    expect(await source(reader).head(never)).toMatchObject({
      failure: { kind: 'not-found', detail: expect.stringContaining('has no commits yet') },
    });
    const commit = await put('name: home\n');
    expect(await source(reader).head(never)).toMatchObject({
      ok: true,
      value: { revision: commit, text: 'name: home\n', subject: 'a change' },
    });

    const repository = repositoryOf(address);
    if (!repository.ok) throw new Error(repository.failure.detail);
    const writer = await forge.makeToken(['write:repository']);
    const send = (token: string, revision = commit) =>
      createCommitStatus({
        url: repository.value.forge ?? '',
        repository: repository.value,
        token: tokenOf(token),
        fetch,
        clock: realClock,
      }).report(
        { revision, state: 'success', context: 'autogit/home', description: 'all 3 units are as asked' },
        never,
      );
    expect(await send(writer)).toEqual(ok(undefined));
    expect(await forge.api('GET', `/repos/${forge.user}/platform/commits/${commit}/status`)).toMatchObject({
      state: 'success',
      statuses: [{ context: 'autogit/home', description: 'all 3 units are as asked', status: 'success' }],
    });
    expect(await send(reader)).toMatchObject({
      failure: { kind: 'unauthorized', detail: expect.stringContaining('write:repository') },
    });
    expect(await send('nonsense')).toMatchObject({
      failure: { kind: 'unauthorized', detail: expect.stringContaining('does not know the token') },
    });
    expect(await send(writer, 'f'.repeat(40))).toMatchObject({ ok: false });
  });

  it('is refused without a token and with a wrong one', async () => {
    expect(await source().head(never)).toMatchObject({ failure: { kind: 'unauthorized' } });
    expect(await source('0'.repeat(40)).head(never)).toMatchObject({ failure: { kind: 'unauthorized' } });
  });

  it('is down for a while', async () => {
    const reader = await forge.makeToken(['read:repository']);
    const followed = source(reader);
    expect(await followed.head(never)).toMatchObject({ ok: true });
    await forge.down();
    expect(await followed.head(never)).toMatchObject({ failure: { kind: 'unreachable' } });
    await forge.up();
    expect(await followed.head(never)).toMatchObject({ ok: true });
  });
});
