import { keyValueStore } from '../key-value-store.ts';

/** Redis in its Debian image (https://hub.docker.com/_/redis), of the last line under the BSD licence. */
export const redis = keyValueStore({
  use: 'redis',
  title: 'Redis',
  licence: 'BSD-3-Clause',
  image: 'redis:7.2.16',
});
