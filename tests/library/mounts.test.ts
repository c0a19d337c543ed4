import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { trustFolder } from '../../library/authority-trust.ts';
import { catalog } from '../../library/catalog.ts';
import { componentFiles } from '../contract/component-files.ts';

const signOn = `sso: { use: authelia, users: { ana: { email: ana@example.org } } }
forge: gitea
`;
const ownServer = `certificates: { issuer: acme, email: ops@example.org, server: "https://ca.home.lan/dir", trust: root }
secrets: { root: { env: ROOT } }
`;

async function platformOf(rest: string): Promise<Platform> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  const { platform, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'compose' });
  expect(diagnostics).toEqual([]);
  return platform as Platform;
}

describe('mounts on Docker', () => {
  const texts = Object.entries(componentFiles).flatMap(([use, { minimal, full }]) => [
    [`${use}, minimal`, minimal],
    [`${use}, full`, full],
  ]);
  it.each([...texts, ['a forge that trusts the own authority', `certificates: own-ca\n${signOn}`]])(
    'lie in nothing that an engine mounts read-only: %s',
    async (_, text = '') => {
      for (const workload of (await platformOf(text)).workloads) expect(nested(workload), workload.id).toEqual([]);
    },
  );

  /** Files of one folder are one volume, mounted read-only: an engine cannot make a mount point inside it. */
  function nested({ mounts }: Workload): readonly string[] {
    const points = mounts.map((mount) =>
      mount.kind === 'config' || mount.kind === 'secret'
        ? { path: dirname(mount.path), readOnly: true }
        : { path: mount.path, readOnly: mount.kind === 'volume' && mount.readOnly },
    );
    const closed = points.filter(({ readOnly }) => readOnly);
    return points.flatMap(({ path }) =>
      closed.filter((outer) => path.startsWith(`${outer.path}/`)).map((outer) => `${path} in ${outer.path}`),
    );
  }
});

describe('a forge that signs on', () => {
  const forgeOf = async (text: string) => {
    const { workloads } = await platformOf(text);
    return workloads.find(({ id }) => id === 'forge') as Workload;
  };

  it('trusts the authority of the platform', async () => {
    const { mounts, environment } = await forgeOf(`certificates: own-ca\n${signOn}`);
    expect(mounts).toContainEqual({ kind: 'volume', volume: 'certificates-served', path: trustFolder, readOnly: true });
    expect(environment).toContainEqual(
      expect.objectContaining({ name: 'SSL_CERT_DIR', value: { kind: 'text', text: `/etc/ssl/certs:${trustFolder}` } }),
    );
  });

  it('trusts an ACME server of one’s own, whose certificates no image knows', async () => {
    const { mounts, environment } = await forgeOf(`${ownServer}${signOn}`);
    expect(mounts).toContainEqual({ kind: 'secret', secret: 'root', path: `${trustFolder}/ca.crt` });
    expect(environment.map(({ name }) => name)).toContain('SSL_CERT_DIR');
  });

  it('trusts nobody else where everybody does', async () => {
    const { mounts } = await forgeOf(
      `certificates: { issuer: acme, email: ops@example.org, server: "https://ca.example.org/dir" }\n${signOn}`,
    );
    expect(mounts.filter(({ path }) => path.startsWith(trustFolder))).toEqual([]);
  });
});

describe('the ingress', () => {
  it('looks for a record of DNS past the name server of the platform, which knows the domain otherwise', async () => {
    const staticOf = async (dns: string) => {
      const { configs } = await platformOf(`certificates:
  { issuer: acme, email: ops@example.org, server: "https://ca.example.org/dir", challenge: dns-01, provider: desec, credentials: { token: t } }
services: { web: { image: "nginx:1", port: 8080, host: web } }
secrets: { t: { env: T } }
${dns}`);
      return configs.find(({ id }) => id === 'ingress-static')?.text;
    };
    expect(
      await staticOf('dns: { use: coredns, addresses: [192.168.1.10], forward: [192.168.1.1, "fd00::1"] }'),
    ).toContain('resolvers:\n          - "192.168.1.1:53"\n          - "[fd00::1]:53"\n');
    expect(await staticOf('dns: { use: coredns, addresses: [192.168.1.10] }')).not.toContain('resolvers:');
    expect(await staticOf('')).not.toContain('resolvers:');
  });

  it('removes who a client says to be, in the spellings that some back ends read as well', async () => {
    const { configs } = await platformOf(`certificates: own-ca\n${signOn}`);
    const routes = configs.find(({ id }) => id === 'ingress-routes')?.text;
    for (const name of ['Remote-User', 'Remote_User', 'Remote.User', 'Remote-Groups', 'Remote_Groups', 'Remote.Groups'])
      expect(routes).toContain(`          ${name}: ""\n`);
  });
});
