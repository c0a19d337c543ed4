import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what dockerode loads and AutoGit never calls: `ssh2` (engines are reached by socket and TLS)
 * and gRPC with Protocol Buffers (BuildKit sessions). Loaded from node_modules they took 0.13 s of CPU and 28 MiB.
 * A call into one of them would fail at once: they are empty.
 */
export const dockerClient: Plugin = {
  name: 'docker-client',
  setup(build) {
    build.onResolve({ filter: /^(?:ssh2|@grpc\/grpc-js|@grpc\/proto-loader)$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/](?:dockerode|docker-modem)[\\/]lib[\\/]/.test(importer)
        ? { path, namespace: 'docker-client' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'docker-client' }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};
