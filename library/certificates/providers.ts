/** One thing that a provider of DNS asks for. */
interface Credential {
  /** Variable of lego (https://go-acme.github.io/lego/dns/). */
  readonly variable: string;
}

/** Short names of what the common providers ask for. Of any other provider the names are lego's variables. */
export const providers: Readonly<Record<string, Readonly<Record<string, Credential>>>> = {
  cloudflare: { 'api-token': { variable: 'CF_DNS_API_TOKEN' } },
  desec: { token: { variable: 'DESEC_TOKEN' } },
  digitalocean: { token: { variable: 'DO_AUTH_TOKEN' } },
  duckdns: { token: { variable: 'DUCKDNS_TOKEN' } },
  gandiv5: { token: { variable: 'GANDIV5_PERSONAL_ACCESS_TOKEN' } },
  hetzner: { 'api-token': { variable: 'HETZNER_API_TOKEN' } },
  infomaniak: { token: { variable: 'INFOMANIAK_ACCESS_TOKEN' } },
  linode: { token: { variable: 'LINODE_TOKEN' } },
  porkbun: {
    'api-key': { variable: 'PORKBUN_API_KEY' },
    'secret-api-key': { variable: 'PORKBUN_SECRET_API_KEY' },
  },
  route53: {
    'access-key': { variable: 'AWS_ACCESS_KEY_ID' },
    'secret-key': { variable: 'AWS_SECRET_ACCESS_KEY' },
  },
  vultr: { 'api-key': { variable: 'VULTR_API_KEY' } },
};

const variablePattern = /^[A-Z][A-Z0-9_]*$/;

/** The variable of lego that a credential goes into; undefined when the provider has none of that name. */
export function variableOf(provider: string, name: string): string | undefined {
  return providers[provider]?.[name]?.variable ?? (variablePattern.test(name) ? name : undefined);
}
