import type { Component } from '../../compiler/model/component.ts';
import { lightForge } from '../light-forge.ts';

/** Gitea in its rootless image (https://docs.gitea.com/installation/install-with-docker-rootless). */
export const gitea: Component = lightForge({
  use: 'gitea',
  title: 'Gitea',
  licence: 'MIT',
  image: 'gitea/gitea:1.27.3-rootless',
  runner: { image: 'gitea/runner:1.0.8', title: 'Gitea runner', licence: 'MIT' },
  oracle: 'gitea',
  pkce: false,
  prefix: 'GITEA',
  // There is no PASSWD_URI in Gitea; the image reads every `__FILE` variable before the program starts.
  passwordFrom: (path) => ['database', 'PASSWD__FILE', path],
});
