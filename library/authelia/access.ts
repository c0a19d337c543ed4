import { compareText } from '../../compiler/model/order.ts';
import type { Route } from '../../compiler/model/platform.ts';

export type Policy = 'bypass' | 'deny' | 'one_factor' | 'two_factor';

/** https://www.authelia.com/configuration/security/access-control/ */
export type AccessRule = {
  readonly domain: string;
  readonly resources?: readonly string[];
  readonly subject?: readonly string[];
  readonly policy: Policy;
};

/**
 * Rules for every guarded route; the first that fits decides, so longer paths come first. A route for some groups ends
 * with a refusal, or a wider route of the same host would let everybody in.
 *
 * Without a guarded route there is a refusal for the portal, which nobody asks about: Authelia does not start where the
 * default is to deny and there is no rule.
 */
export function accessRules(routes: readonly Route[], signedOn: Policy, portal: string): readonly AccessRule[] {
  const rules = routes
    .filter(({ protect }) => protect?.by === 'sso')
    .sort((a, b) => compareText(a.hostname, b.hostname) || b.path.length - a.path.length || compareText(a.path, b.path))
    .flatMap((route) => rulesOf(route, signedOn));
  return rules.length === 0 ? [{ domain: portal, policy: 'deny' }] : rules;
}

function rulesOf({ hostname: domain, path, protect }: Route, signedOn: Policy): readonly AccessRule[] {
  const { groups, open = [] } = protect ?? {};
  // The ingress takes every path that begins so.
  const place = path === '/' ? { domain } : { domain, resources: [`^${escaped(path)}`] };
  const bypass: readonly AccessRule[] =
    open.length === 0 ? [] : [{ domain, resources: open.map(openPath), policy: 'bypass' }];
  if (groups === undefined) return [...bypass, { ...place, policy: signedOn }];
  // Each subject is an alternative.
  const subject = groups.map((group) => `group:${group}`);
  return [...bypass, { ...place, subject, policy: signedOn }, { ...place, policy: 'deny' }];
}

/**
 * The path itself and what is below it. Nothing with a `%`, because a program may read `%2e%2e` as the way up and so
 * serve what is not open; plain `..` is resolved by the ingress before.
 */
function openPath(path: string): string {
  const base = path.replace(/\/+$/, '');
  return `^${escaped(base)}(?:/[^%?]*)?(?:\\?.*)?$`;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
