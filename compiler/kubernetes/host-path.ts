/** Where files and sockets live more often than folders of data. */
const placesOfFiles = /^\/(?:etc|dev|proc|sys|run|var\/run)(?:\/|$)|\/s?bin\//;
const socket = /\.sock(?:et)?$/;
const extension = /\/[^/]+\.[^/.]+$/;

/**
 * What of a node is mounted at a path of the container. A pod never starts when the `type` is another one than what is
 * there, so it is named only where the path tells: a folder that is not there is a mistake, which an empty one in its
 * place would hide; of what may be a file, nothing is asked
 * (https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types).
 */
export function hostPathOf(path: string, mountPath: string): { readonly path: string; readonly type?: string } {
  if (socket.test(path)) return { path, type: 'Socket' };
  const mayBeFile = placesOfFiles.test(path) || extension.test(path) || extension.test(mountPath);
  return mayBeFile ? { path } : { path, type: 'Directory' };
}
