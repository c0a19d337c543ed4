/**
 * Every call that AutoGit makes to a Docker engine: the whole list, so that a filter in front of the socket can be
 * written from it. `ok`: status codes that are no error (304: it was so already).
 * Source: Docker Engine API v1.41–v1.47, https://docs.docker.com/reference/api/engine/.
 */
interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{id}` stands for one path segment, `{image}` for an image reference (may hold slashes). */
  readonly path: string;
  readonly ok: readonly number[];
}

export const ROUTES = {
  version: { method: 'GET', path: '/version', ok: [200] },
  info: { method: 'GET', path: '/info', ok: [200] },
  events: { method: 'GET', path: '/events', ok: [200] },
  listContainers: { method: 'GET', path: '/containers/json', ok: [200] },
  inspectContainer: { method: 'GET', path: '/containers/{id}/json', ok: [200] },
  containerLogs: { method: 'GET', path: '/containers/{id}/logs', ok: [200] },
  createContainer: { method: 'POST', path: '/containers/create', ok: [201] },
  startContainer: { method: 'POST', path: '/containers/{id}/start', ok: [204, 304] },
  stopContainer: { method: 'POST', path: '/containers/{id}/stop', ok: [204, 304] },
  killContainer: { method: 'POST', path: '/containers/{id}/kill', ok: [204] },
  renameContainer: { method: 'POST', path: '/containers/{id}/rename', ok: [204] },
  updateContainer: { method: 'POST', path: '/containers/{id}/update', ok: [200] },
  unpauseContainer: { method: 'POST', path: '/containers/{id}/unpause', ok: [204] },
  attachContainer: { method: 'POST', path: '/containers/{id}/attach', ok: [101, 200] },
  removeContainer: { method: 'DELETE', path: '/containers/{id}', ok: [204] },
  createExec: { method: 'POST', path: '/containers/{id}/exec', ok: [201] },
  startExec: { method: 'POST', path: '/exec/{id}/start', ok: [200] },
  inspectExec: { method: 'GET', path: '/exec/{id}/json', ok: [200] },
  listNetworks: { method: 'GET', path: '/networks', ok: [200] },
  createNetwork: { method: 'POST', path: '/networks/create', ok: [201] },
  connectNetwork: { method: 'POST', path: '/networks/{id}/connect', ok: [200] },
  disconnectNetwork: { method: 'POST', path: '/networks/{id}/disconnect', ok: [200] },
  removeNetwork: { method: 'DELETE', path: '/networks/{id}', ok: [204] },
  listVolumes: { method: 'GET', path: '/volumes', ok: [200] },
  createVolume: { method: 'POST', path: '/volumes/create', ok: [200, 201] },
  removeVolume: { method: 'DELETE', path: '/volumes/{id}', ok: [204] },
  inspectImage: { method: 'GET', path: '/images/{image}/json', ok: [200] },
  pullImage: { method: 'POST', path: '/images/create', ok: [200] },
  loadImage: { method: 'POST', path: '/images/load', ok: [200] },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;

/** Fills in the path of a route. Ids and names are escaped, an image reference keeps its slashes and colons. */
export function routePath(name: RouteName, id = ''): string {
  const escaped = encodeURIComponent(id);
  return ROUTES[name].path
    .replace('{id}', escaped)
    .replace('{image}', escaped.replaceAll('%2F', '/').replaceAll('%3A', ':'));
}

/** `GET ^(/v[0-9.]+)?/containers/[^/]+/json$` for each route: what a filter in front of the socket must let through. */
export function allowList(): readonly { readonly method: string; readonly pattern: string }[] {
  return Object.values(ROUTES).map((route) => ({
    method: route.method,
    pattern: `^(/v[0-9.]+)?${route.path.replace('{id}', '[^/]+').replace('{image}', '.+')}$`,
  }));
}
