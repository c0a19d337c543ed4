import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const wiki = 'wiki: { image: "wiki:2", port: 3000, host: wiki }';
const signOn = 'certificates: own-ca\nsso: { use: authelia, users: { ana: { email: ana@example.org } } }\n';

describe('a domain without certificates', () => {
  it.each(['home.lan', 'home.local', 'home.internal', 'home.arpa', 'wiki.localhost', 'home.example.org', 'lan'])(
    'is nobody else’s business: %s',
    async (domain) => {
      expect(await said(`domain: ${domain}\nservices: { ${wiki} }\n`)).toEqual([]);
    },
  );

  it('is told once when everybody can reach it', async () => {
    const two = `domain: family.net\nservices: { ${wiki}, b: { image: "b:1", port: 80, host: b } }\n`;
    expect(await said(two)).toEqual(['AG427 /domain']);
  });

  it('is fine when nothing is served, or when it was accepted', async () => {
    expect(await said('domain: family.net\nservices: { b: { image: "b:1" } }\n')).toEqual([]);
    expect(await said(`domain: family.net\naccept: { AG427: in front }\nservices: { ${wiki} }\n`)).toEqual([]);
  });
});

describe('a service beside sign-on', () => {
  it('is told when it says nothing', async () => {
    expect(await said(`domain: home.lan\n${signOn}services: { ${wiki} }\n`)).toEqual(['AG428 /services/wiki/host']);
  });

  it.each(['sso', 'none'])('is fine with protect: %s', async (protect) => {
    const service = wiki.replace(' }', `, protect: ${protect} }`);
    expect(await said(`domain: home.lan\n${signOn}services: { ${service} }\n`)).toEqual([]);
  });

  it('is no error of the forge, which signs on by itself', async () => {
    expect(await said(`domain: home.lan\n${signOn}forge: gitea\n`)).toEqual([]);
  });
});

it('sign-on for a service needs sign-on in the file, and sign-on needs certificates', async () => {
  const guarded = wiki.replace(' }', ', protect: sso }');
  expect(await said(`domain: home.lan\nservices: { ${guarded} }\n`)).toEqual(['AG304 /services/wiki/protect']);
  const alone = 'domain: home.lan\nsso: { use: authelia, users: { ana: { email: ana@example.org } } }\n';
  expect(await said(alone)).toEqual(['AG304 /sso']);
});

describe('certificates', () => {
  it.each([
    ['{ issuer: letsencrypt, email: a@b.net }', 'home.lan', ['AG431 /certificates/issuer']],
    ['letsencrypt', 'home.example.org', ['AG431 /certificates']],
    ['{ issuer: acme, email: a@b.net }', 'home.lan', ['AG431 /certificates']],
    ['{ issuer: letsencrypt, email: a@b.net, challenge: dns-01 }', 'home.net', ['AG431 /certificates/challenge']],
    ['{ issuer: own-ca, email: a@b.net }', 'home.lan', ['AG305 /certificates/email']],
    ['{ issuer: letsencrypt, email: a@b.net, server: "https://a.b/c" }', 'home.net', ['AG305 /certificates/server']],
  ])('%s', async (certificates, domain, codes) => {
    expect(await said(`domain: ${domain}\ncertificates: ${certificates}\n`)).toEqual(codes);
  });

  it('name what a provider of DNS asks for', async () => {
    const text = (name: string) =>
      `domain: home.net\ncertificates: { issuer: letsencrypt, email: a@b.net, challenge: dns-01, provider: cloudflare, credentials: { ${name}: cf } }\nsecrets: { cf: { env: CF } }\nservices: { ${wiki} }\n`;
    expect(await said(text('api-token'))).toEqual([]);
    expect(await said(text('CF_DNS_API_TOKEN'))).toEqual([]);
    expect(await said(text('api-tokn'))).toContain('AG431 /certificates/credentials/api-tokn');
  });
});

async function said(rest: string): Promise<readonly string[]> {
  const bytes = Buffer.from(`name: home\n${rest}`);
  const { diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'compose' });
  return diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
}
