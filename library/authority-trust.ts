/** How a program gets the certificate of an authority of the platform's own, so that it trusts the hosts of the platform. */
import type { ExpandContext } from '../compiler/model/component.ts';
import type { Mount, Secret } from '../compiler/model/platform.ts';

/**
 * Where the certificate lies in a container: `ca.crt`. Not below `/etc/autogit`, the folder of a program's configs: an
 * engine cannot mount one volume inside another that is read-only.
 */
export const trustFolder = '/etc/autogit-trust';
/** Secret with the certificate, which cert-manager keeps. */
const authoritySecret = 'certificates-authority';

export interface AuthorityTrust {
  readonly mount: Mount;
  readonly secrets: readonly Secret[];
}

/**
 * Undefined where the hosts are certified by somebody that everybody trusts, or by nobody. On Docker it is the volume that
 * the ingress reads as well, in which only the certificate of the authority is readable; or, where an ACME server of one's
 * own certifies, the secret with what that server is checked against.
 */
export function authorityTrust({ platform, origin, facts }: ExpandContext): AuthorityTrust | undefined {
  const { certificates } = facts;
  if (certificates?.kind === 'acme' && certificates.trust !== undefined)
    return { mount: { kind: 'secret', secret: certificates.trust, path: `${trustFolder}/ca.crt` }, secrets: [] };
  if (certificates?.kind !== 'own-ca') return undefined;
  if (platform.target !== 'kubernetes')
    return { mount: { kind: 'volume', volume: certificates.volume, path: trustFolder, readOnly: true }, secrets: [] };
  const source = { kind: 'kubernetes', name: `${platform.name}-authority`, key: 'ca.crt' } as const;
  return {
    mount: { kind: 'secret', secret: authoritySecret, path: `${trustFolder}/ca.crt` },
    secrets: [{ id: authoritySecret, origin, source }],
  };
}
