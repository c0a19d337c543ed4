import type { ComposeModel, ComposeService } from '../model/compose-project.ts';
import type { Fault } from '../model/patch-fault.ts';
import type { Link } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** Who waits can be served: the other one gets into that state, and can be reached where a link says so. */
export function waitFaults(
  { services }: ComposeModel,
  links: readonly Pick<Link, 'from' | 'to'>[],
  key: string,
): readonly Fault[] {
  const service = services[key];
  if (service === undefined) return [];
  const waits = Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
    const found = hopeless(services[other], condition);
    return found === undefined ? [] : [{ path: pointerTo('/depends_on', other), other, ...found }];
  });
  const cut = links.flatMap(({ from, to }) => {
    const other = from === key ? services[to] : undefined;
    if (other === undefined || service.network_mode === 'host' || other.network_mode === 'host') return [];
    if (Object.keys(service.networks).some((network) => Object.hasOwn(other.networks, network))) return [];
    const hint = 'leave both on the network that joins them';
    return [{ path: '/networks', other: to, wrong: 'is on none of its networks', hint }];
  });
  return [...waits, ...cut].map(({ path, other, wrong, hint }) => ({
    object: `service '${key}'`,
    path,
    wrong: `service '${other}' ${wrong}`,
    hint,
  }));
}

function hopeless(
  service: ComposeService | undefined,
  condition: NonNullable<ComposeService['depends_on']>[string]['condition'],
): Pick<Fault, 'wrong' | 'hint'> | undefined {
  if (service === undefined) return { wrong: 'is not there', hint: 'wait for a service of this host' };
  if (service.profiles !== undefined) return { wrong: 'comes at its times alone', hint: 'do not wait for it' };
  if (condition === 'service_healthy' && service.healthcheck === undefined) {
    const wrong = 'has no health check, so it never gets healthy';
    return { wrong, hint: 'give it `health:` in the file, or wait with `service_started`' };
  }
  if (condition !== 'service_completed_successfully' || service.restart !== 'unless-stopped') return undefined;
  return { wrong: 'never ends', hint: 'wait with `service_started`' };
}
