import { keyValueStore } from '../key-value-store.ts';

/** Valkey in its Debian image (https://hub.docker.com/r/valkey/valkey). */
export const valkey = keyValueStore({
  use: 'valkey',
  title: 'Valkey',
  licence: 'BSD-3-Clause',
  image: 'valkey/valkey:8.1',
});
