import type { Catalog } from '../compiler/model/component.ts';
import { forgejo } from './forgejo/component.ts';
import { gitea } from './gitea/component.ts';
import { postgres } from './postgres/component.ts';
import { service } from './service/component.ts';
import { traefik } from './traefik/component.ts';

/** Every component that a file can name after `use:`. */
export const catalog: Catalog = [forgejo, gitea, postgres, service, traefik];
