import type { Pointer } from '../../schema/diagnostic.ts';

/** Every role that a file may give to a component, and where it stands in the file. Its id is the id of what fills it. */
export const roles = {
  forge: '/forge',
  ingress: '/ingress',
  certificates: '/certificates',
  sso: '/sso',
  directory: '/sso/directory',
  dns: '/dns',
  database: '/database',
  cache: '/cache',
  objects: '/objects',
  registry: '/registry',
  monitoring: '/monitoring',
  backup: '/backup',
} as const satisfies Readonly<Record<string, Pointer>>;

export type FileRole = keyof typeof roles;

/** `service` is what fills the entries of `services`; any number of parts have it. */
export type Role = FileRole | 'service';

/** Whether an id is that of a role, in this file or in another. */
export function isRole(id: string): id is FileRole {
  return Object.hasOwn(roles, id);
}
