import { describe, expect, it } from 'vitest';
import { parseRemote } from '../../reconciler/follow/remote-url.ts';

describe('addresses that are followed', () => {
  const cases = [
    ['https://git.example.org/ada/platform.git', 'https://git.example.org/ada/platform.git', 'https://git.example.org'],
    [
      'https://git.example.org:8443/ada/platform',
      'https://git.example.org:8443/ada/platform',
      'https://git.example.org:8443',
    ],
    ['https://git.example.org:443/x/y', 'https://git.example.org/x/y', 'https://git.example.org'],
    [
      'ssh://git@git.example.org:2222/ada/platform.git',
      'ssh://git@git.example.org:2222/ada/platform.git',
      'ssh://git.example.org:2222',
    ],
    ['git@git.example.org:ada/platform.git', 'ssh://git@git.example.org/ada/platform.git', 'ssh://git.example.org'],
    ['http://localhost:3000/ada/platform.git', 'http://localhost:3000/ada/platform.git', 'http://localhost:3000'],
    ['http://127.0.0.1:3000/ada/platform.git', 'http://127.0.0.1:3000/ada/platform.git', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000/ada/platform.git', 'http://[::1]:3000/ada/platform.git', 'http://[::1]:3000'],
  ] as const;
  for (const [text, url, origin] of cases) {
    it(text, () => expect(parseRemote(text)).toMatchObject({ ok: true, value: { url, origin } }));
  }

  it('plain http to another machine only when it is asked for', () => {
    expect(parseRemote('http://nas.lan/ada/platform')).toMatchObject({
      ok: false,
      failure: { detail: expect.stringContaining('is not encrypted') },
    });
    expect(parseRemote('http://nas.lan/ada/platform', { allowPlainHttp: true })).toMatchObject({ ok: true });
  });
});

describe('addresses that are refused (G16, T27, T28)', () => {
  const cases = [
    ['ext::sh -c touch% /tmp/pwned', /holds a space/],
    ['ext::sh', /is none that can be followed/],
    ['fd::17', /is none that can be followed/],
    ['file:///etc', /is a local path/],
    ['/srv/git/platform.git', /is none that can be followed/],
    ['../platform', /is none that can be followed/],
    ['--upload-pack=touch', /is none that can be followed/],
    ['-oProxyCommand=touch', /is none that can be followed/],
    ['ssh://-oProxyCommand=touch/x', /is none|no valid host/],
    ['ssh://-oProxyCommand=touch@host/x', /no valid user name/],
    ['ssh://git@-host/x', /is none|no valid host/],
    ['https://user:pa55word@host/x', /holds a password/],
    ['https://token@host/x', /holds a user name/],
    ['https://host/x?y=z', /has a "\?"/],
    ['https://host/x\nhttps://evil/', /control character/],
    ['https://host\\@evil/x', /backslash/],
    ['git://host/x', /is none that can be followed/],
    ['ftp://host/x', /is none that can be followed/],
    ['', /is none that can be followed/],
  ] as const;
  for (const [text, sentence] of cases) {
    it(JSON.stringify(text), () => {
      const result = parseRemote(text);
      expect(result).toMatchObject({
        ok: false,
        failure: { kind: 'rejected', detail: expect.stringMatching(sentence) },
      });
      expect(JSON.stringify(result)).not.toContain('pa55word');
    });
  }
});
