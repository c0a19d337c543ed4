import type { PartContext } from '../../compiler/model/component.ts';
import { nearestName } from '../../compiler/model/nearest.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { isExampleDomain, isPrivateDomain } from '../../compiler/model/private-domain.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { CertificatesSpec } from '../../schema/spec.ts';
import { providers, variableOf } from './providers.ts';

/** What would be refused by the server or read by nobody. */
export function findingsOf(spec: CertificatesSpec, context: PartContext): readonly Finding[] {
  return [...unread(spec, context), ...serverFindings(spec, context), ...providerFindings(spec, context)];
}

/** Keys that another issuer or challenge would read. */
function unread(spec: CertificatesSpec, { origin }: PartContext): readonly Finding[] {
  const own = spec.issuer === 'own-ca';
  const dns = spec.challenge === 'dns-01' && !own;
  const wrong = [
    { keys: ['email', 'trust'], fits: !own, reason: 'no ACME server is asked', remedy: 'name another `issuer`' },
    {
      keys: ['server'],
      fits: spec.issuer === 'acme',
      reason: 'the issuer has a server already',
      remedy: 'write `issuer: acme`',
    },
    { keys: ['provider'], fits: dns, reason: 'nothing is written to DNS', remedy: 'write `challenge: dns-01`' },
  ] as const;
  return wrong.flatMap(({ keys, fits, reason, remedy }) =>
    keys.flatMap((key): readonly Finding[] => {
      if (fits || spec[key] === undefined) return [];
      return [
        {
          code: 'AG305',
          pointer: pointerTo(origin, key),
          at: 'key',
          message: `\`${key}\` has no effect: ${reason}`,
          hint: `remove \`${key}\`, or ${remedy}`,
        },
      ];
    }),
  );
}

function serverFindings(
  { issuer, server, email }: CertificatesSpec,
  { origin, platform }: PartContext,
): readonly Finding[] {
  if (issuer !== 'own-ca' && email === undefined) {
    return [
      {
        code: 'AG431',
        pointer: origin,
        message: 'the account at the ACME server has no address, and without one each start would make a new account',
        hint: 'add `email:` with an address of yours',
      },
    ];
  }
  if (issuer === 'acme' && server === undefined) {
    return [
      {
        code: 'AG431',
        pointer: origin,
        message: 'the ACME server has no address',
        hint: 'add `server:` with the address of its directory',
      },
    ];
  }
  const { domain } = platform;
  if (!issuer.startsWith('letsencrypt') || !isPrivateDomain(domain) || isExampleDomain(domain)) return [];
  return [
    {
      code: 'AG431',
      pointer: pointerTo(origin, 'issuer'),
      message: `Let's Encrypt certifies no host under ${domain}, which is not a domain of the Internet`,
      hint: 'write `issuer: own-ca`, or use a domain that you have registered',
    },
  ];
}

function providerFindings(spec: CertificatesSpec, { origin }: PartContext): readonly Finding[] {
  const { provider, credentials } = spec;
  if (spec.issuer === 'own-ca' || spec.challenge !== 'dns-01') return [];
  if (provider === undefined) {
    return [
      {
        code: 'AG431',
        pointer: pointerTo(origin, 'challenge'),
        message: '`dns-01` writes a record into the zone, but the file does not say who serves it',
        hint: 'add `provider:` and its `credentials:`',
      },
    ];
  }
  const known = Object.keys(providers[provider] ?? {});
  const missing: readonly Finding[] =
    Object.keys(credentials).length > 0
      ? []
      : [
          {
            code: 'AG431',
            pointer: pointerTo(origin, 'provider'),
            message: `nothing lets the ingress change the zone at ${provider}`,
            hint: `add \`credentials: { ${known[0] ?? 'VARIABLE_OF_LEGO'}: <id of a secret> }\``,
          },
        ];
  const unknown = Object.keys(credentials).flatMap((name): readonly Finding[] => {
    if (variableOf(provider, name) !== undefined) return [];
    const nearest = nearestName(name, known);
    const meant = known.length > 0 ? undefined : nearestName(provider, Object.keys(providers));
    return [
      {
        code: 'AG431',
        pointer: pointerTo(origin, 'credentials', name),
        at: 'key',
        message: `${provider} asks for no '${name}'`,
        hint:
          meant !== undefined
            ? `did you mean \`provider: ${meant}\`?`
            : nearest !== undefined
              ? `did you mean '${nearest}'?`
              : known.length > 0
                ? `it asks for ${known.join(', ')}`
                : `write the name of lego's variable: https://go-acme.github.io/lego/dns/${provider}`,
      },
    ];
  });
  return [...missing, ...unknown];
}
