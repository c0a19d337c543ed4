import type { Component } from '../../compiler/model/component.ts';
import { lightForge } from '../light-forge.ts';

/** Forgejo in its rootless image, the long-term release (https://forgejo.org/docs/latest/admin/installation/docker/). */
export const forgejo: Component = lightForge({
  use: 'forgejo',
  title: 'Forgejo',
  licence: 'GPL-3.0-or-later',
  image: 'codeberg.org/forgejo/forgejo:15-rootless',
  runner: {
    image: 'data.forgejo.org/forgejo/runner:12.10.0',
    title: 'Forgejo runner',
    licence: 'GPL-3.0-or-later',
  },
  pkce: false,
  prefix: 'FORGEJO',
  passwordFrom: (path) => ['database', 'PASSWD_URI', `file:${path}`],
});
