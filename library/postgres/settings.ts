const mebibyte = 2 ** 20;

/**
 * Settings of the server that fit the memory of its container, as arguments. The server itself would take 128 MiB of
 * shared memory whatever there is. In the words of https://www.postgresql.org/docs/17/runtime-config-resource.html.
 */
export function settingsFor(memoryBytes: number): readonly string[] {
  const part = (of: number, least: number, most: number) =>
    `${Math.floor(Math.min(most * mebibyte, Math.max(least * mebibyte, memoryBytes / of)) / mebibyte)}MB`;
  const settings = {
    max_connections: '100',
    // A quarter, as the manual says; the rest is for connections and for files that the kernel keeps.
    shared_buffers: part(4, 32, 16_384),
    effective_cache_size: part(2, 64, 65_536),
    // For each sort of each connection: a hundred of them at once must not fill the container.
    work_mem: part(256, 1, 256),
    maintenance_work_mem: part(16, 16, 1024),
    // Disks of today read anywhere about as fast as in a row.
    random_page_cost: '1.1',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
