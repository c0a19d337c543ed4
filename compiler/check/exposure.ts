import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Route } from '../model/platform.ts';
import { isPrivateDomain } from '../model/private-domain.ts';

/** Hosts that more people can read or open than the author may think. */
export function checkExposure(platform: Platform): readonly Finding[] {
  return [...unencrypted(platform), ...unguarded(platform)];
}

/** One for the whole file. A domain that exists in one network only may do without. */
function unencrypted({ routes, certificates, domain }: Platform): readonly Finding[] {
  const [first] = routes;
  if (first === undefined || certificates !== undefined || isPrivateDomain(domain)) return [];
  return [
    {
      code: 'AG427',
      severity: 'warning',
      pointer: '/domain',
      message: `hosts under ${domain}, such as ${first.hostname}, are served without a certificate: passwords and tokens can be read on the way`,
      hint: 'add `certificates: { issuer: letsencrypt, email: you@example.org }`, or accept AG427 with a reason',
    },
  ];
}

/** Components guard themselves; of a service nobody knows. */
function unguarded({ routes, workloads }: Platform): readonly Finding[] {
  const services = new Set(workloads.flatMap(({ id, component }) => (component === 'service' ? [id] : [])));
  if (!workloads.some(({ id }) => id === 'sso')) return [];
  const open = routes.filter(({ workload, protect }: Route) => services.has(workload) && protect === undefined);
  return open.map(({ workload, hostname, origin }) => ({
    code: 'AG428',
    severity: 'warning',
    pointer: origin,
    message: `'${workload}' is open to everybody who reaches ${hostname}, although the file has sign-on`,
    hint: `add \`protect: sso\` to '${workload}', or \`protect: none\` if that is meant`,
  }));
}
