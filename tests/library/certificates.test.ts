import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { providers } from '../../library/certificates/providers.ts';

/** Those that cert-manager changes zones at itself; any other one needs its webhook, which AG531 says. */
const ofCertManager = ['cloudflare', 'digitalocean', 'route53'];

describe.each(Object.entries(providers))('hosts proven by records at %s', (provider, asked) => {
  const names = Object.keys(asked);

  it('are certified on Docker, with every credential as a file', async () => {
    const { diagnostics, platform } = await compiled('compose');
    expect(diagnostics).toEqual([]);
    const ingress = platform?.workloads.find(({ id }) => id === 'ingress');
    expect(ingress?.environment.map(({ value }) => value.kind)).not.toContain('secret');
    const mounted = [
      ...(ingress?.environment ?? []).flatMap(({ value }) => (value.kind === 'secret-file' ? [value.secret] : [])),
      ...(ingress?.mounts ?? []).flatMap((mount) => (mount.kind === 'secret' ? [mount.secret] : [])),
    ];
    expect(mounted.sort()).toEqual([...names].sort());
  });

  it('are certified on Kubernetes, or it is said that cert-manager needs more', async () => {
    const { diagnostics } = await compiled('kubernetes');
    const expected = ofCertManager.includes(provider) ? [] : ['AG531'];
    expect(diagnostics.map(({ code }) => code)).toEqual(expected);
    const webhook = { groupName: 'acme.example.org', solverName: provider, config: { ttl: 60 } };
    const { diagnostics: rest, rendered } = await compiled(
      'kubernetes',
      `${expected.length === 0 ? '' : 'accept: { AG531: its webhook is installed }'}
patches:
  - target: { kind: Issuer, name: home-certificates }
    why: its webhook changes the zone
    merge: { spec: { acme: { solvers: [{ dns01: { webhook: ${JSON.stringify(webhook)} } }] } } }
`,
    );
    expect(rest).toEqual([]);
    expect(rendered?.manifests.find(({ kind }) => kind === 'Issuer')?.text).toContain(`solverName: ${provider}`);
  });

  function compiled(target: 'compose' | 'kubernetes', rest = '') {
    const text = `name: home
domain: home.example.org
certificates:
  issuer: letsencrypt
  email: ops@example.org
  challenge: dns-01
  provider: ${provider}
  credentials: { ${names.map((name) => `${name}: ${name}`).join(', ')} }
services: { web: { image: "nginx:1", port: 8080, host: web } }
secrets: { ${names.map((name) => `${name}: { env: VALUE }`).join(', ')} }
${rest}`;
    return compile({ file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target });
  }
});

it('gives the credentials of AWS in the one file that its library reads, and lego its own', async () => {
  const text = `name: home
domain: home.example.org
certificates: { issuer: letsencrypt, email: ops@example.org, challenge: dns-01, provider: route53, credentials: { access-key: id, secret-key: key, AWS_HOSTED_ZONE_ID: zone } }
services: { web: { image: "nginx:1", port: 8080, host: web } }
secrets: { id: { env: ID }, key: { env: KEY }, zone: { env: ZONE } }
`;
  const input = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target: 'compose' } as const;
  const { platform } = await compile(input);
  const ingress = platform?.workloads.find(({ id }) => id === 'ingress');
  expect(ingress?.environment.map(({ name, value }) => [name, value])).toEqual([
    ['AWS_HOSTED_ZONE_ID_FILE', { kind: 'secret-file', secret: 'zone' }],
    ['AWS_SHARED_CREDENTIALS_FILE', { kind: 'text', text: '/tmp/aws-credentials' }],
  ]);
  expect(ingress?.entrypoint).toEqual(['/bin/sh', '/etc/traefik/start.sh']);
  expect(ingress?.mounts).toContainEqual({ kind: 'tmpfs', path: '/tmp' });
});

it('names a region on Kubernetes, without which cert-manager asks Route 53 for nothing', async () => {
  const text = `name: home
domain: home.example.org
certificates: { issuer: letsencrypt, email: ops@example.org, challenge: dns-01, provider: route53, credentials: { access-key: id, secret-key: key } }
services: { web: { image: "nginx:1", port: 8080, host: web } }
secrets: { id: { env: ID }, key: { env: KEY } }
`;
  const input = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target: 'kubernetes' } as const;
  const { rendered } = await compile(input);
  const issuer = parse(rendered?.manifests.find(({ kind }) => kind === 'Issuer')?.text ?? '');
  expect(issuer.spec.acme.solvers).toEqual([
    {
      dns01: {
        route53: {
          region: 'us-east-1',
          accessKeyIDSecretRef: { name: 'home-id', key: 'value' },
          secretAccessKeySecretRef: { name: 'home-key', key: 'value' },
        },
      },
    },
  ]);
});
