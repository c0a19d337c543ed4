import type { ComposeModel, ComposeService } from '../model/compose-project.ts';
import type { Fault } from '../model/patch-fault.ts';
import { pointerTo } from '../model/pointer.ts';

/** On one network every name leads to one service, and none hides behind a line of a hosts file. */
export function nameFaults({ services }: ComposeModel, network: string): readonly Fault[] {
  const here = Object.entries(services).filter(([, { networks }]) => Object.hasOwn(networks, network));
  return [...aliasFaults(here, network), ...here.flatMap((one) => hiddenFaults(one, here, network))];
}

type Entry = readonly [string, ComposeService];

function aliasesOf({ networks }: ComposeService, network: string): readonly string[] {
  return networks[network]?.aliases ?? [];
}

function aliasFaults(here: readonly Entry[], network: string): readonly Fault[] {
  // Names of services first: it is the alias that is wrong.
  const owners = new Map(here.map(([key]) => [key, key]));
  const faults: Fault[] = [];
  for (const [key, service] of here) {
    for (const [at, alias] of aliasesOf(service, network).entries()) {
      const owner = owners.get(alias);
      if (owner === undefined) owners.set(alias, key);
      else if (owner !== key) {
        faults.push({
          object: `service '${key}'`,
          path: pointerTo('/networks', network, 'aliases', at),
          wrong: `service '${owner}' answers to ${alias} on this network`,
          hint: 'write another alias',
        });
      }
    }
  }
  return faults;
}

function hiddenFaults(
  [key, { extra_hosts: fixed = {} }]: Entry,
  here: readonly Entry[],
  network: string,
): readonly Fault[] {
  if (Object.keys(fixed).length === 0) return [];
  const reached = here.flatMap(([other, service]) => {
    const aliases = other === key ? [] : aliasesOf(service, network);
    return aliases.length === 0 ? [] : [other, ...aliases];
  });
  return Object.keys(fixed)
    .filter((name) => reached.includes(name))
    .map((name) => ({
      object: `service '${key}'`,
      path: pointerTo('/extra_hosts', name),
      wrong: `${name} is a service on network '${network}', which this line hides`,
      hint: 'write another name',
    }));
}
