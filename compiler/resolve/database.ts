import type { Spec } from '../../schema/spec.ts';
import type { DatabaseBinding, ExpandContext } from '../model/component.ts';
import { needsIn } from '../model/needs.ts';
import { compareText } from '../model/order.ts';

export type DatabaseClient = ExpandContext['clients'][number];

/** Id of the workload of the database role. */
export const databaseId = 'database';

/**
 * Who has a database of its own, sorted: the forge, unless it asks for SQLite, and each service that needs `database`.
 * Its role and its database bear its id, with `_` for `-`; its password is the secret `<id>-database-password`.
 */
export function databaseClients(spec: Spec): readonly DatabaseClient[] {
  if (spec.database === undefined) return [];
  const { forge, services } = spec;
  const ofForge = forge !== undefined && forge.url === undefined && forge.database !== 'sqlite' ? ['forge'] : [];
  const ofServices = Object.entries(services).flatMap(([id, { needs }]) =>
    needsIn(needs).some((need) => need.id === databaseId) ? [id] : [],
  );
  return [...ofForge, ...ofServices].sort(compareText).map((workload) => {
    const name = workload.replaceAll('-', '_');
    return { workload, database: name, user: name, password: `${workload}-database-password` };
  });
}

/** How one client reaches the database. */
export function bindingOf(spec: Spec, client: DatabaseClient, port: number): DatabaseBinding {
  const { database, user, password } = client;
  return { workload: databaseId, hostname: `${spec.name}-${databaseId}`, port, database, user, password };
}
