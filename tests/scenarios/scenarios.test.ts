import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { play } from './play.ts';

const scripts = join(import.meta.dirname, 'scripts');
const transcripts = join(import.meta.dirname, 'transcripts');
const names = readdirSync(scripts).map((file) => file.replace(/\.txt$/, ''));

describe('scenarios', () => {
  it.each(names)('%s', async (name) => {
    const transcript = await play(readFileSync(join(scripts, `${name}.txt`), 'utf8'));
    await expect(transcript).toMatchFileSnapshot(join(transcripts, `${name}.txt`));
  });

  it('has no transcript without a script', () => {
    expect(readdirSync(transcripts).sort()).toEqual(names.map((name) => `${name}.txt`).sort());
  });
});
