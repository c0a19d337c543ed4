/** How GitLab is reached, and what it sends. Behind an ingress that ends TLS: https://docs.gitlab.com/omnibus/settings/ssl/. */
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { GitlabSpec } from '../../schema/spec.ts';
import { call, fromFile, type Setting, set } from './ruby.ts';

export const ports = { http: 80, ssh: 22 } as const;

/** The ingress is on a private network, and the only one that may connect. */
const privateNetworks = [
  '127.0.0.0/8',
  '::1/128',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
] as const;

export interface Served {
  /** `https://git.home.lan`. */
  readonly url: string;
  readonly hostname: string;
  /** Whether the settings of NGINX stand under the part that it serves. */
  readonly nested: boolean;
  readonly rootPassword: string;
}

/** NGINX takes plain HTTP; the ingress has the certificate. Who asks is said by the last one that is not trusted. */
export function serverSettings({ url, nested }: Served): readonly Setting[] {
  return [
    call('external_url', url),
    set('letsencrypt', 'enable', false),
    ...nginxSettings('gitlab_rails', nested),
    nginx('gitlab_rails', nested, 'real_ip_trusted_addresses', [...privateNetworks]),
    nginx('gitlab_rails', nested, 'real_ip_header', 'X-Forwarded-For'),
    nginx('gitlab_rails', nested, 'real_ip_recursive', 'on'),
    set('gitlab_rails', 'trusted_proxies', [...privateNetworks]),
    // Health and metrics of Rails are for the container itself.
    set('gitlab_rails', 'monitoring_whitelist', ['127.0.0.0/8', '::1/128']),
    set('gitlab_rails', 'usage_ping_enabled', false),
  ];
}

/** What both parts that NGINX serves need behind an ingress. */
export function nginxSettings(root: 'gitlab_rails' | 'registry', nested: boolean): readonly Setting[] {
  return [nginx(root, nested, 'listen_port', ports.http), nginx(root, nested, 'listen_https', false)];
}

function nginx(root: 'gitlab_rails' | 'registry', nested: boolean, key: string, value: Setting['value']): Setting {
  if (nested) return set(root, ['nginx', key], value);
  return set(root === 'registry' ? 'registry_nginx' : 'nginx', key, value);
}

/** Read at the first start alone, and never written down by GitLab. */
export function accountSettings({ rootPassword }: Served): readonly Setting[] {
  return [
    set('gitlab_rails', 'initial_root_password', fromFile(secretPath(rootPassword))),
    set('gitlab_rails', 'store_initial_root_password', false),
    set('gitlab_rails', 'display_initial_root_password', false),
  ];
}

/** What addresses for `git clone` say. */
export function sshSettings({ ssh }: GitlabSpec, { hostname }: Served): readonly Setting[] {
  if (ssh === undefined) return [];
  return [set('gitlab_rails', 'gitlab_ssh_host', hostname), set('gitlab_rails', 'gitlab_shell_ssh_port', ssh.port)];
}

/** Without a server nothing is sent: there is no mail program in the image, and every try would end as a failed job. */
export function mailSettings({ mail }: GitlabSpec, { hostname }: Served): readonly Setting[] {
  if (mail === undefined) return [set('gitlab_rails', 'gitlab_email_enabled', false)];
  const { server, port, user, password, replyTo } = mail;
  const { address, name } = senderOf(mail.from);
  return [
    set('gitlab_rails', 'smtp_enable', true),
    set('gitlab_rails', 'smtp_address', server),
    set('gitlab_rails', 'smtp_port', port),
    set('gitlab_rails', 'smtp_domain', hostname),
    set('gitlab_rails', 'smtp_tls', port === 465),
    set('gitlab_rails', 'smtp_enable_starttls_auto', port !== 465),
    ...(user === undefined ? [] : [set('gitlab_rails', 'smtp_user_name', user)]),
    ...(password === undefined ? [] : [set('gitlab_rails', 'smtp_password', fromFile(secretPath(password)))]),
    ...(user === undefined ? [] : [set('gitlab_rails', 'smtp_authentication', 'login')]),
    set('gitlab_rails', 'gitlab_email_from', address),
    ...(name === undefined ? [] : [set('gitlab_rails', 'gitlab_email_display_name', name)]),
    ...(replyTo === undefined ? [] : [set('gitlab_rails', 'gitlab_email_reply_to', senderOf(replyTo).address)]),
  ];
}

/** `Git <git@example.org>` → name and address. */
export function senderOf(from: string): { readonly address: string; readonly name?: string } {
  const [, name, address] = /^\s*(.*?)\s*<\s*([^<>]+?)\s*>\s*$/.exec(from) ?? [];
  if (address === undefined) return { address: from.trim() };
  const shown = name?.replace(/^"(.*)"$/, '$1') ?? '';
  return shown === '' ? { address } : { address, name: shown };
}
