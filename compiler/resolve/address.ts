import type { Spec } from '../../schema/spec.ts';
import type { Catalog } from '../model/component.ts';
import { impliedParameters, parametersOf } from './parts.ts';

/**
 * Base address of a host under the domain, without a trailing slash. Plain HTTP as long as the file has no certificates:
 * without them HTTPS answers with one that no client trusts.
 */
export function addressOf(
  spec: Spec,
  catalog: Catalog,
  label: string,
): { readonly hostname: string; readonly url: string } {
  const hostname = `${label}.${spec.domain}`;
  const secure = parametersOf(spec, 'certificates') !== undefined;
  // Every ingress has these two keys: the ports that it is reached at.
  const ports = (parametersOf(spec, 'ingress') ?? impliedParameters('ingress', catalog)) as {
    readonly http: number;
    readonly https: number;
  };
  const [scheme, port, usual] = secure ? (['https', ports.https, 443] as const) : (['http', ports.http, 80] as const);
  return { hostname, url: `${scheme}://${hostname}${port === usual ? '' : `:${port}`}` };
}
