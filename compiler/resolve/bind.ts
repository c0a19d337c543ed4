import type { Asking, BindingRole, Bindings, Client } from '../model/binding.ts';
import type { Facts } from '../model/facts.ts';
import { compareText } from '../model/order.ts';
import type { Placed } from './place.ts';

/** A placed part with what it said of itself. */
export interface Declared extends Placed {
  readonly facts: Facts;
}

export interface Bound {
  /** What the demands of a part got, by role. */
  bindingsOf(owner: string): Partial<Bindings>;
  /** Who asked for a role and what each got, sorted by owner. */
  clientsOf(role: string): readonly Client[];
}

/** Brings each demand to the component in its role. Each offer depends on that component and the one who asks, alone. */
export function bind(declared: readonly Declared[]): Bound {
  const bindings = new Map<string, Record<string, unknown>>();
  const clients = new Map<string, Client[]>();
  const asked = demandsByRole(declared);
  for (const { part, context } of declared) {
    const { component, parameters, role } = part;
    if (component.offer === undefined) continue;
    for (const asking of asked.get(role) ?? []) {
      // The component in a role offers what that role's clients get; `Component` ties the two types together.
      const binding = component.offer(asking as Asking<never>, parameters, context) as Bindings[BindingRole];
      bindings.set(asking.owner, { ...bindings.get(asking.owner), [role]: binding });
      clients.set(role, [...(clients.get(role) ?? []), { ...asking, binding } as Client]);
    }
  }
  return {
    bindingsOf: (owner) => bindings.get(owner) ?? {},
    clientsOf: (role) => clients.get(role) ?? [],
  };
}

function demandsByRole(declared: readonly Declared[]): ReadonlyMap<string, readonly Asking[]> {
  const byRole = new Map<string, Asking[]>();
  const all = declared
    .flatMap(({ part, facts }) => (facts.demands ?? []).map((demand) => ({ owner: part.owner, demand })))
    .sort((a, b) => compareText(a.owner, b.owner));
  for (const asking of all) {
    const known = byRole.get(asking.demand.role);
    if (known === undefined) byRole.set(asking.demand.role, [asking]);
    else known.push(asking);
  }
  return byRole;
}
