import type { Plugin } from 'esbuild';

/**
 * Leaves out of the bundle what dockerode loads and AutoGit never calls: `ssh2` (engines are reached by socket and TLS)
 * and gRPC with Protocol Buffers (BuildKit sessions). Loading them costs 0.2 s of CPU and some 25 MiB of memory that stay.
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
