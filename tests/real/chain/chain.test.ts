/**
 * The parts of a platform together, each one the real program, brought up by AutoGit itself from its file: nobody edits
 * what is rendered. `images.ts` says what of the images is not as published.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { api, logsOf } from '../docker/api.ts';
import { differences } from './images.ts';
import { den, home, lab } from './platform-files.ts';
import { findAuthelia } from './programs.ts';
import { openSource, signIn } from './sign-in.ts';
import { until } from './until.ts';
import { startWorld, type World } from './world.ts';

const portal = findAuthelia() === undefined ? 'oidc-provider standing in for Authelia' : 'Authelia';
const passwords = { ANA_PASSWORD: 'correct horse battery staple', BEN_PASSWORD: 'another horse' };
const script = ['-H', 'Accept: application/json'];

let world: World;
/** The other two platforms, which come up beside the first one. */
let others: Promise<Record<'lab' | 'den', Error | undefined>>;

beforeAll(async () => {
  for (const line of differences()) console.log(`not as published: ${line}`);
  world = await startWorld({
    zones: { 'example.net': '203.0.113.7', 'home.test': '@', 'lab.home.test': '@', 'den.test': '@' },
  });
  await world.bringUp('home', home(world), { ...passwords, CA: world.acme.trust });
  others = bringUpOthers();
  world.lan.trust(world.acme.trust);
}, 600_000);

afterAll(() => world?.stop());

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(await world.logs());
});

describe(`a platform with ${portal}, certified over HTTP-01`, () => {
  let page: Page;
  let token: string;

  beforeAll(async () => {
    page = await world.lan.page([world.acme.intermediate]);
  });

  afterAll(() => page?.context().browser()?.close());

  it('has a name server that knows every host, and asks others for the rest', async () => {
    for (const host of ['auth', 'echo', 'git', 'open']) expect(await addressOf(`${host}.home.test`)).toBe(here());
    expect(await addressOf('www.example.net')).toBe('203.0.113.7');
    await expect(addressOf('other.home.test')).rejects.toThrow();
    await expect(addressOf('www.example.org')).rejects.toThrow();
  });

  it('has a certificate for every host, which clients trust without being told more', async () => {
    for (const host of ['auth', 'echo', 'git', 'open'])
      await until(() => curl('--output', '/dev/null', `https://${host}.home.test/`));
    expect(await curl('--head', 'http://open.home.test/page')).toMatch(
      /^HTTP\/1.1 308 [\s\S]*https:\/\/open.home.test\/page/,
    );
  });

  it('refuses a protected host to who is not signed on', async () => {
    expect(await statusOf('https://echo.home.test/', ...script)).toBe('401');
    const answer = await curl('--include', 'https://echo.home.test/page?a=b');
    expect(answer).toMatch(/^HTTP\/2 302/);
    expect(answer).toContain('https://auth.home.test/?rd=https%3A%2F%2Fecho.home.test%2Fpage%3Fa%3Db&rm=GET');
  });

  it('believes no header about who asks, and for what', async () => {
    expect(await statusOf('https://echo.home.test/', ...forged)).toBe('302');
    expect(await statusOf('https://echo.home.test/', ...script, ...forged)).toBe('401');
    const seen = await curl(...forged, 'https://open.home.test/');
    expect(seen).toContain('X-Forwarded-Host: open.home.test');
    expect(seen).not.toMatch(/remote.(user|groups)|root/i);
  });

  it('sends a browser to the portal, and back to where it was going', async () => {
    await page.goto('https://echo.home.test/page');
    expect(new URL(page.url()).host).toBe('auth.home.test');
    await signIn(page, 'ana', passwords.ANA_PASSWORD);
    await page.waitForURL('https://echo.home.test/page');
    const seen = await page.locator('body').textContent();
    expect(seen).toContain('GET /page');
    expect(seen).toContain('Remote-User: ana');
    expect(seen).toContain('Remote-Groups: admins');
    expect(seen).toContain('Remote-Name: Ana Example');
  });

  it('tells the service who is signed on, whatever the client says to be', async () => {
    const cookies = (await page.context().cookies('https://echo.home.test')).map(
      ({ name, value }) => `${name}=${value}`,
    );
    const seen = await curl(...forged, '--cookie', cookies.join('; '), 'https://echo.home.test/');
    expect(seen.match(/^remote.user: .*$/gim)).toEqual(['Remote-User: ana']);
    expect(seen.match(/^remote.groups: .*$/gim)).toEqual(['Remote-Groups: admins']);
  });

  it('refuses somebody of another group', async () => {
    const ben = `ben:${passwords.BEN_PASSWORD}`;
    expect(await statusOf('https://echo.home.test/', '--user', ben)).toBe('403');
    expect(await statusOf('https://echo.home.test/', '--user', `ana:${passwords.ANA_PASSWORD}`)).toBe('200');
  });

  it('signs the same browser in to the forge, where ana administers', async () => {
    await until(() => openSource(page, 'https://git.home.test'));
    await page.waitForURL((url) => url.host === 'git.home.test' && !url.pathname.startsWith('/user/'));
    await page.goto('https://git.home.test/user/settings');
    expect(await page.locator('input[name="full_name"]').inputValue()).toBe('Ana Example');
    expect((await page.goto('https://git.home.test/-/admin'))?.status()).toBe(200);
  });

  it('takes a push of 40 MB over HTTPS', async () => {
    const account = ['admin', 'user', 'generate-access-token', '--username', 'ana', '--token-name', 'push'];
    token = (await world.inside('home-forge-1', 'gitea', ...account, '--scopes', 'all', '--raw')).trim();
    await forge('POST', '/user/repos', { name: 'large' });
    const folder = join(world.folder, 'large');
    mkdirSync(folder);
    writeFileSync(join(folder, 'data'), randomBytes(40 * 2 ** 20));
    const git = (...args: readonly string[]) => world.lan.on(['git', '-C', folder, ...args]);
    await git('init', '-q', '-b', 'main');
    await git('add', 'data');
    await git('-c', 'user.name=Ana', '-c', 'user.email=ana@home.test', 'commit', '-qm', 'large');
    const trace = join(world.folder, 'push.trace');
    const tracing = { GIT_TRACE_CURL: trace, GIT_TRACE_CURL_NO_DATA: '1' };
    const to = `https://ana:${token}@git.home.test/ana/large.git`;
    const push = () => world.lan.on(['git', '-C', folder, 'push', '-q', to, 'main'], tracing);
    // Of some ten pushes of libcurl 7.88 one ends with "Stream error in the HTTP/2 framing layer": the forge answers within
    // a tenth of a second that it did not get a whole pack. Cause unknown; what is pushed again arrives (docs/guides/operations.md).
    const failed: string[] = [];
    for (let tries = 1; tries <= 3; tries += 1) {
      const complaint = await push().then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (complaint === undefined) break;
      failed.push(complaint);
      process.stderr.write(`push ${tries} over HTTP/2 failed: ${complaint}\n`);
    }
    const told = failed.length < 3 ? '' : (await logsOf(world.engine.socket, 'home-forge-1')).slice(-40).join('\n');
    expect(failed.length, `${failed.join('\n')}\n${headersIn(trace)}\nthe forge said:\n${told}`).toBeLessThan(3);
    expect(headersIn(trace)).toContain('POST /ana/large.git/git-receive-pack HTTP/2');
  });

  it('gives it back over SSH through the ingress, by the address that the forge tells', async () => {
    expect([await published('home-ingress-1'), await published('home-forge-1')]).toEqual([['2222', '443', '80'], []]);
    const key = join(world.folder, 'key');
    await world.lan.on(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await forge('POST', '/user/keys', { title: 'laptop', key: readFileSync(`${key}.pub`, 'utf8').trim() });
    const { ssh_url: address } = (await forge('GET', '/repos/ana/large')) as { readonly ssh_url: string };
    expect(address).toBe('ssh://git@git.home.test:2222/ana/large.git');
    const known = join(world.folder, 'known_hosts');
    const ssh = `ssh -i ${key} -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=${known} -o BatchMode=yes`;
    const clone = join(world.folder, 'clone');
    await world.lan.on(['git', 'clone', '-q', address, clone], { GIT_SSH_COMMAND: ssh });
    expect(sum(join(clone, 'data'))).toBe(sum(join(world.folder, 'large/data')));
  });

  /** A call to the API of the forge as ana. */
  async function forge(method: string, route: string, body?: object): Promise<unknown> {
    const headers = ['-H', `Authorization: token ${token}`, '-H', 'Content-Type: application/json'];
    const data = body === undefined ? [] : ['--data', JSON.stringify(body)];
    const url = `https://git.home.test/api/v1${route}`;
    return JSON.parse(await curl('--fail-with-body', '--request', method, ...headers, ...data, url)) as unknown;
  }
});

describe('a platform whose domain is proven by records in DNS', () => {
  beforeAll(() => isUp('lab'));

  it('has a certificate although nobody could ask for its hosts at port 80', async () => {
    const web = ['--resolve', `web.lab.home.test:8443:${here()}`, 'https://web.lab.home.test:8443/page'];
    expect(await until(() => curl(...web))).toContain('GET /page');
    expect(world.provider.made).toEqual(['_acme-challenge.web.lab.home.test.']);
  });
});

describe(`a platform with ${portal}, certified by its own authority`, () => {
  let authority: string;

  beforeAll(async () => {
    await isUp('den');
    authority = await world.inside('den-certificates-1', 'cat', '/var/lib/autogit/served/ca.crt');
  });

  it('is trusted by who trusts the authority, and by nobody else', async () => {
    await expect(curl('https://git.den.test:9443/')).rejects.toThrow(/certificate/);
    world.lan.trust(authority);
    expect(await statusOf('https://git.den.test:9443/')).toBe('200');
  });

  it('signs a browser in to the forge, which trusts the authority as well', async () => {
    const page = await world.lan.page([authority]);
    try {
      await until(() => openSource(page, 'https://git.den.test:9443'));
      await signIn(page, 'ana', passwords.ANA_PASSWORD);
      await page.waitForURL((url) => url.host === 'git.den.test:9443' && !url.pathname.startsWith('/user/'));
      await page.goto('https://git.den.test:9443/user/settings');
      expect(await page.locator('input[name="name"]').inputValue()).toBe('ana');
    } finally {
      await page.context().browser()?.close();
    }
  });
});

/** Ports of the machine that lead into a container. */
async function published(container: string): Promise<readonly string[]> {
  type Inspected = { readonly HostConfig: { readonly PortBindings: Readonly<Record<string, { HostPort: string }[]>> } };
  const { HostConfig } = await api<Inspected>(world.engine.socket, 'GET', `/containers/${container}/json`);
  return Object.values(HostConfig.PortBindings ?? {})
    .flatMap((bindings) => bindings.map(({ HostPort }) => HostPort))
    .sort();
}

/** What was asked and answered, of a trace of Git. */
function headersIn(trace: string): string {
  const lines = readFileSync(trace, 'utf8').split('\n');
  return lines.filter((line) => /(?:Send|Recv) header: |== Info: /.test(line)).join('\n');
}

async function bringUpOthers(): Promise<Awaited<typeof others>> {
  const provider = {
    PROVIDER: world.provider.url,
    PROVIDER_USER: 'autogit',
    PROVIDER_PASSWORD: world.providerPassword,
  };
  const [first, second] = await Promise.allSettled([
    world.bringUp('lab', lab(world), { ...provider, CA: world.acme.trust }),
    world.bringUp('den', den(world), passwords),
  ]);
  return { lab: failureOf(first), den: failureOf(second) };
}

function failureOf(settled: PromiseSettledResult<void>): Error | undefined {
  return settled.status === 'rejected' ? (settled.reason as Error) : undefined;
}

async function isUp(platform: 'lab' | 'den'): Promise<void> {
  const failure = (await others)[platform];
  if (failure !== undefined) throw failure;
}

const here = () => world.engine.address;

/** What a client says that wants to be somebody else, somewhere else. */
const forged = [
  'Remote-User: root',
  'Remote_User: root',
  'Remote.User: root',
  'remote_groups: admins',
  'Remote-Groups: root',
]
  .concat(['X-Forwarded-Host: open.home.test', 'X-Forwarded-Uri: /api/health', 'X-Forwarded-Method: OPTIONS'])
  .flatMap((header) => ['-H', header]);

/** What curl says on a machine of the network. */
function curl(...args: readonly string[]): Promise<string> {
  return world.lan.on(['curl', '-sS', '--max-time', '60', ...args]);
}

function statusOf(url: string, ...args: readonly string[]): Promise<string> {
  return curl('--output', '/dev/null', '--write-out', '%{http_code}', ...args, url);
}

async function addressOf(host: string): Promise<string> {
  return (await world.lan.on(['getent', 'ahostsv4', host])).split(/\s/)[0] ?? '';
}

function sum(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
