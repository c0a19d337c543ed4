import { expect, it } from 'vitest';
import { createLog } from '../../cli/log.ts';
import { Secret } from '../../reconciler/model/secret.ts';

async function lines(format: 'json' | 'text', level: 'info' | 'warn' = 'info') {
  const written: string[] = [];
  const log = await createLog({
    format,
    level,
    redact: (text) => text.replaceAll('hunter22', '***'),
    write: (line) => void written.push(line),
  });
  return { log, written };
}

it('writes one JSON line per event with what the children bound', async () => {
  const { log, written } = await lines('json');
  log.child({ cycle: 7 }).child({ unit: 'container/local/web' }).info('action.done', { ms: 12 });
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    level: 'info',
    service: 'autogit',
    event: 'action.done',
    cycle: 7,
    unit: 'container/local/web',
    ms: 12,
  });
});

it('writes one plain line per event for people', async () => {
  const { log, written } = await lines('text');
  log.warn('source.failed', { detail: 'no route to host', attempt: 2 });
  expect(written).toEqual(['warn: source.failed detail="no route to host" attempt=2\n']);
});

it.each(['json', 'text'] as const)('never shows a secret in %s', async (format) => {
  const { log, written } = await lines(format);
  log.info('container.made', { token: new Secret('hunter22'), detail: 'refused: token hunter22 is wrong' });
  expect(written.join('')).toContain('***');
  expect(written.join('')).not.toContain('hunter22');
});

it('leaves out what is below the level', async () => {
  const { log, written } = await lines('text', 'warn');
  log.info('cycle.done');
  log.debug('cycle.detail');
  expect(written).toEqual([]);
});

it('shows people the first characters of a revision, and machines all of it', async () => {
  for (const [format, shown] of [
    ['text', 'revision=1a2b3c4\n'],
    ['json', `"revision":"1a2b3c4${'d'.repeat(33)}"`],
  ] as const) {
    const { log, written } = await lines(format);
    log.info('revision.applied', { revision: `1a2b3c4${'d'.repeat(33)}` });
    expect(written.join('')).toContain(shown);
  }
});

it('leaves out of the text form what the progress lines tell', async () => {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  const log = await createLog({
    format: 'text',
    level: 'info',
    redact: (text) => text,
    silent: ['action.done'],
    write,
  });
  log.info('action.done', { action: 'create-network:a' });
  log.info('revision.applied');
  expect(written).toEqual(['revision.applied\n']);
});
