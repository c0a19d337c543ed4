import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessRules } from '../../library/authelia/access.ts';
import { cookieFindings } from '../../library/authelia/cookie-domain.ts';
import { startScript } from '../../library/authelia/start-script.ts';

const route = {
  id: 'wiki',
  hostname: 'wiki.home.lan',
  path: '/',
  workload: 'wiki',
  port: 80,
  origin: '/services/wiki',
};

const portal = 'auth.home.lan';

describe('rules of who may open what', () => {
  it('refuse the portal, which nobody asks about, where no route asks for sign-on', () => {
    const rules = accessRules([route, { ...route, protect: { by: 'none', open: [] } }], 'one_factor', portal);
    expect(rules).toEqual([{ domain: portal, policy: 'deny' }]);
  });

  it('end with a refusal where a route is for some groups', () => {
    const guarded = { ...route, protect: { by: 'sso', groups: ['admins', 'family'], open: [] } } as const;
    expect(accessRules([guarded], 'two_factor', portal)).toEqual([
      { domain: 'wiki.home.lan', subject: ['group:admins', 'group:family'], policy: 'two_factor' },
      { domain: 'wiki.home.lan', policy: 'deny' },
    ]);
  });

  it('let nobody into a path by the rule of the whole host', () => {
    const admin = { ...route, path: '/admin', protect: { by: 'sso', groups: ['admins'], open: [] } } as const;
    const whole = { ...route, protect: { by: 'sso', open: [] } } as const;
    const rules = accessRules([whole, admin], 'one_factor', portal);
    const first = (path: string, groups: readonly string[]) =>
      rules.find(
        ({ resources, subject }) =>
          (resources?.some((text) => new RegExp(text).test(path)) ?? true) &&
          (subject?.some((text) => groups.includes(text.slice('group:'.length))) ?? true),
      )?.policy;
    expect(first('/admin/users', ['family'])).toBe('deny');
    expect(first('/admin/users', ['admins'])).toBe('one_factor');
    // The ingress takes what begins with the path, not only what lies below it.
    expect(first('/administration', ['family'])).toBe('deny');
    expect(first('/page', ['family'])).toBe('one_factor');
  });

  it.each([
    ['/hooks', true],
    ['/hooks/1?token=%20', true],
    ['/hooks?x', true],
    ['/hooks/%2e%2e/admin', false],
    ['/hooksadmin', false],
    ['/other/hooks', false],
    ['/a.b', false],
  ])('open the path %s: %s', (path, open) => {
    const guarded = { ...route, protect: { by: 'sso', open: ['/hooks', '/a+b'] } } as const;
    const [bypass] = accessRules([guarded], 'one_factor', portal);
    expect(bypass?.policy).toBe('bypass');
    expect(bypass?.resources?.some((text) => new RegExp(text).test(path))).toBe(open);
  });
});

describe('a domain for the cookie', () => {
  it.each(['lan', 'co.uk', 'duckdns.org'])('is not %s', (domain) => {
    expect(cookieFindings(domain).map(({ code }) => code)).toEqual(['AG432']);
  });
  it.each(['home.lan', 'home.duckdns.org', 'example.org'])('is %s', (domain) => {
    expect(cookieFindings(domain)).toEqual([]);
  });
});

describe('the start', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-authelia-'));
    for (const folder of ['bin', 'config', 'tmp', 'secrets']) mkdirSync(join(dir, folder));
    // What the program prints for `crypto hash` and `crypto pair`; the rest is the shell's own.
    const program = `#!/bin/sh
case "$1 $2" in
  'crypto hash') for last; do :; done; echo "Digest: \\$$4\\$of-$last" ;;
  'crypto pair') printf -- '-----BEGIN\\nline\\n-----END\\n' > "$8/private.pem" ;;
  *) echo "serves $*" ;;
esac
`;
    writeFileSync(join(dir, 'bin/authelia'), program);
    chmodSync(join(dir, 'bin/authelia'), 0o755);
    writeFileSync(
      join(dir, 'users-template.yml'),
      'users:\n  ana:\n    password: "@ana@"\n  ben:\n    groups:\n      - ana\n    password: "@ben@"\n',
    );
    for (const [name, text] of Object.entries({ ana: 'first', ben: 'second', forge: 'shared' }))
      writeFileSync(join(dir, 'secrets', name), text);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('makes hashes of first passwords and of client secrets, and a key on one line', () => {
    expect(startOnce()).toBe('serves --config /etc/autogit/configuration.yml\n');
    expect(users()).toContain('ana:\n    password: "$argon2$of-first"');
    expect(readFileSync(join(dir, 'tmp/forge.hash'), 'utf8')).toBe('$pbkdf2$of-shared\n');
    expect(readFileSync(join(dir, 'tmp/oidc.key'), 'utf8')).toBe('-----BEGIN\\nline\\n-----END\\n');
  });

  it('keeps a password that was changed in the portal, as that writes its file', () => {
    startOnce();
    const changed = `users:
    ana:
        password: $argon2id$v=19$m=65536,t=3,p=4$c2FsdA$changed/Hash+1
        displayname: ana
        groups:
            - ben
    ben:
        disabled: false
        password: ''
`;
    writeFileSync(join(dir, 'config/users.yml'), changed);
    startOnce();
    expect(users()).toContain('ana:\n    password: "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$changed/Hash+1"');
    expect(users()).toContain('ben:\n    groups:\n      - ana\n    password: "$argon2$of-second"');
  });

  it('does not serve when a password is missing, and says which', () => {
    rmSync(join(dir, 'secrets/ben'));
    expect(() => startOnce()).toThrow(/secrets\/ben is empty or missing/);
  });

  function users(): string {
    return readFileSync(join(dir, 'config/users.yml'), 'utf8');
  }

  function startOnce(): string {
    const script = startScript({
      configPath: '/etc/autogit/configuration.yml',
      users: {
        template: join(dir, 'users-template.yml'),
        all: ['ana', 'ben'].map((id) => ({ id, passwordFile: join(dir, 'secrets', id) })),
      },
      clients: [{ id: 'forge', secretFile: join(dir, 'secrets/forge') }],
    });
    // Its own folders; those of the test lie in one of them.
    const here = script
      .replaceAll('/config/', `${dir}/config/`)
      .replaceAll(/\/tmp\/(?=users|pair|oidc|forge)/g, `${dir}/tmp/`);
    const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}` };
    return execFileSync('/bin/sh', ['-c', here], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
});
