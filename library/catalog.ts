import type { Catalog } from '../compiler/model/component.ts';
import { authelia } from './authelia/component.ts';
import { certificates } from './certificates/component.ts';
import { coredns } from './coredns/component.ts';
import { distribution } from './distribution/component.ts';
import { forgejo } from './forgejo/component.ts';
import { garage } from './garage/component.ts';
import { gitea } from './gitea/component.ts';
import { gitlab } from './gitlab/component.ts';
import { lldap } from './lldap/component.ts';
import { postgres } from './postgres/component.ts';
import { prometheus } from './prometheus/component.ts';
import { redis } from './redis/component.ts';
import { restic } from './restic/component.ts';
import { service } from './service/component.ts';
import { traefik } from './traefik/component.ts';
import { valkey } from './valkey/component.ts';
import { versitygw } from './versitygw/component.ts';

/** Every component that a file can name after `use:`. Of those in one role a hint names the first. */
export const catalog: Catalog = [
  forgejo,
  gitea,
  gitlab,
  traefik,
  certificates,
  authelia,
  lldap,
  postgres,
  valkey,
  redis,
  versitygw,
  garage,
  distribution,
  coredns,
  prometheus,
  restic,
  service,
];
