import { setTimeout as sleep } from 'node:timers/promises';

/** What `attempt` gives as soon as it does not throw; after two minutes its last error. */
export async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 120_000; ; await sleep(200)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
