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
    const wrong = services[other] === undefined ? 'is not there' : hopeless(services[other], condition);
    return wrong === undefined ? [] : [{ path: pointerTo('/depends_on', other), other, wrong }];
  });
  const cut = links.flatMap(({ from, to }) => {
    const other = from === key ? services[to] : undefined;
    if (other === undefined || service.network_mode === 'host' || other.network_mode === 'host') return [];
    const isReached = Object.keys(service.networks).some((network) => Object.hasOwn(other.networks, network));
    return isReached ? [] : [{ path: '/networks', other: to, wrong: 'is on none of its networks' }];
  });
  return [...waits, ...cut].map(({ path, other, wrong }) => ({
    object: `service '${key}'`,
    path,
    wrong: `service '${other}' ${wrong}`,
    hint: path === '/networks' ? 'leave both on the network that joins them' : 'wait for something that can come',
  }));
}

function hopeless(
  { healthcheck, restart, profiles }: ComposeService,
  condition: NonNullable<ComposeService['depends_on']>[string]['condition'],
): string | undefined {
  if (profiles !== undefined) return 'comes at its times alone';
  if (condition === 'service_healthy' && healthcheck === undefined)
    return 'has no health check, so it never gets healthy';
  return condition === 'service_completed_successfully' && restart === 'unless-stopped' ? 'never ends' : undefined;
}
