import type { Finding } from '../../schema/diagnostic.ts';

/** Ends of names with a dot under which everybody can register, as far as home platforms use them (publicsuffix.org). */
const publicSuffixes: readonly string[] = [
  'co.jp',
  'co.nz',
  'co.uk',
  'co.za',
  'com.ar',
  'com.au',
  'com.br',
  'com.mx',
  'ddns.net',
  'duckdns.org',
  'dyndns.org',
  'dynv6.net',
  'github.io',
  'gitlab.io',
  'myds.me',
  'no-ip.org',
  'org.uk',
  'synology.me',
];

/** A sign-on for all hosts needs a cookie of the domain above them. */
export function cookieFindings(domain: string): readonly Finding[] {
  const reason = domain.includes('.')
    ? publicSuffixes.includes(domain)
      ? 'everybody can register a name under it'
      : undefined
    : 'it has no dot';
  if (reason === undefined) return [];
  return [
    {
      code: 'AG432',
      pointer: '/domain',
      message: `browsers keep no sign-on for ${domain}: ${reason}`,
      hint: `use a name of yours below it, such as home.${domain}`,
    },
  ];
}
