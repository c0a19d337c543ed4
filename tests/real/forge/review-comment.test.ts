import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available } from './available.ts';
import { type Forge, startForge } from './start-forge.ts';

const here = await available();
const script = join(import.meta.dirname, '../../../ci/comment.ts');
const marker = '<!-- autogit diff -->';
const body = (image: string) =>
  `${marker}\n### Platform: 1 change\n\n| | What |\n|---|---|\n| \`~\` | image ${image} |\n`;

describe.skipIf(!here.ok)(`the comment of a review on ${here.ok ? here.what : here.reason}`, () => {
  let forge: Forge;
  let issue: number;

  beforeAll(async () => {
    forge = await startForge();
    const made = (await forge.api('POST', `/repos/${forge.repository}/issues`, { title: 'a change' })) as {
      readonly number: number;
    };
    issue = made.number;
    // More than the forge would give on one page, if it had pages.
    for (let at = 0; at < 105; at++) {
      await forge.api('POST', `/repos/${forge.repository}/issues/${issue}/comments`, { body: `remark ${at}` });
    }
  });
  afterAll(() => forge.stop());

  function post(text: string, token: string) {
    const file = join(forge.dir, 'diff.md');
    writeFileSync(file, text);
    const env = {
      PATH: process.env.PATH,
      GITHUB_API_URL: `${forge.url}/api/v1`,
      GITHUB_REPOSITORY: forge.repository,
      GITHUB_REF: `refs/pull/${issue}/head`,
      AUTOGIT_COMMENT_TOKEN: token,
    };
    return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
      execFile(process.execPath, [script, file], { env }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err: err.trim() }),
      );
    });
  }

  async function own(): Promise<readonly string[]> {
    const route = `/repos/${forge.repository}/issues/${issue}/comments`;
    const comments = (await forge.api('GET', route)) as readonly { readonly body: string }[];
    return comments.flatMap((each) => (each.body.startsWith(marker) ? [each.body.trim()] : []));
  }

  it('is none while nothing is different', async () => {
    const nothing = `${marker}\n### Platform: no difference\n`;
    expect(await post(nothing, forge.token)).toEqual({ code: 0, out: '', err: 'no difference: no comment' });
    expect(await own()).toEqual([]);
  });

  it('is posted once, and edited when the difference is another one', async () => {
    expect((await post(body('1 → 2'), forge.token)).err).toBe('the comment was posted');
    expect((await post(body('1 → 2'), forge.token)).err).toBe('the comment is up to date');
    expect((await post(body('1 → 3'), forge.token)).err).toBe('the comment was edited');
    expect(await own()).toEqual([body('1 → 3').trim()]);
  });

  it('goes to the log when the token may not comment', async () => {
    const token = await forge.makeToken(['read:issue', 'read:repository']);
    const { code, out, err } = await post(body('1 → 4'), token);
    expect({ code, out }).toEqual({ code: 0, out: body('1 → 4') });
    expect(err).toBe('the token of this job may not comment (403); the difference is above');
    expect(await own()).toEqual([body('1 → 3').trim()]);
  });
});
