import type { Configuration, Policy, Rule, User } from './configuration.ts';

/** https://www.authelia.com/configuration/security/access-control/: the first rule that fits decides. */
export function policyFor(
  { default_policy, rules = [] }: Configuration['access_control'],
  target: URL,
  user: User | undefined,
): Policy {
  return rules.find((rule) => fits(rule, target, user))?.policy ?? default_policy;
}

/** As long as nobody is signed on, a rule for somebody may fit: Authelia asks who it is. */
function fits({ domain, resources, subject }: Rule, target: URL, user: User | undefined): boolean {
  if (!domainFits(domain, target.hostname)) return false;
  if (resources !== undefined && !resources.some((pattern) => matches(pattern, target))) return false;
  if (subject === undefined || user === undefined) return true;
  return subject.some((who) => isOne(who, user));
}

function domainFits(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : pattern === hostname;
}

function matches(pattern: string, { pathname, search }: URL): boolean {
  return new RegExp(pattern).test(`${pathname}${search}`);
}

function isOne(subject: string, { name, groups }: User): boolean {
  const [kind, value = ''] = subject.split(':');
  return kind === 'group' ? groups.includes(value) : kind === 'user' && value === name;
}
