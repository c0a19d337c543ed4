import type { Route } from './platform.ts';

/** Name of the middleware of the ingress that asks sign-on about a request, which routes of `protect: sso` refer to. */
export const signOnMiddleware = 'sign-on';

/**
 * Hosts with a route that sign-on guards. The Gateway API has no word for asking somebody about a request, so the ingress
 * serves such a host by a file of its own, with all of its paths: which of two routes of one host is taken is then said in
 * one place.
 */
export function guardedHosts(routes: readonly Pick<Route, 'hostname' | 'protect'>[]): ReadonlySet<string> {
  return new Set(routes.flatMap(({ hostname, protect }) => (protect?.by === 'sso' ? [hostname] : [])));
}
