/** User `nobody` of the images of the Prometheus project. Their data folders belong to it, so a new volume does as well. */
export const nobody = { uid: 65534, gid: 65534 } as const;
