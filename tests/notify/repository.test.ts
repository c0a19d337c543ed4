import { describe, expect, it } from 'vitest';
import { repositoryOf } from '../../reconciler/notify/repository.ts';

describe('owner and name of a clone address', () => {
  const cases = [
    ['https://git.example.org/ada/platform.git', { owner: 'ada', name: 'platform', forge: 'https://git.example.org' }],
    [
      'https://git.example.org:8443/ada/platform',
      { owner: 'ada', name: 'platform', forge: 'https://git.example.org:8443' },
    ],
    ['https://example.org/git/ada/platform.git/', { owner: 'ada', name: 'platform', forge: 'https://example.org/git' }],
    ['http://127.0.0.1:3000/ada/my.platform', { owner: 'ada', name: 'my.platform', forge: 'http://127.0.0.1:3000' }],
    ['ssh://git@git.example.org:2222/ada/platform.git', { owner: 'ada', name: 'platform' }],
    ['git@git.example.org:ada/platform.git', { owner: 'ada', name: 'platform' }],
  ] as const;
  for (const [url, value] of cases) it(url, () => expect(repositoryOf(url)).toEqual({ ok: true, value }));

  for (const url of [
    'https://git.example.org/platform',
    'file:///srv/git/ada',
    '/srv/git/ada/platform',
    'https://h/../..',
    'https://h/a b/c',
    '',
    'x',
  ]) {
    it(`${JSON.stringify(url)} has none`, () =>
      expect(repositoryOf(url)).toMatchObject({ ok: false, failure: { kind: 'rejected' } }));
  }

  it('never repeats a token of the address', () => {
    expect(JSON.stringify(repositoryOf('https://ada:t0ken@git.example.org/x'))).not.toContain('t0ken');
  });
});
