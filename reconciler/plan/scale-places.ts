import type { Pool } from '../../compiler/model/platform.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type HostRoom, releasePlaces, roomInWords, takePlaces } from './scale-room.ts';

/** Places on hosts for one pool, taken while the size is decided; those not needed in the end are given back. */
export class Places {
  readonly #rooms: readonly HostRoom[];
  readonly #pool: Pool;
  #taken: readonly string[] = [];
  constructor(rooms: readonly HostRoom[], pool: Pool) {
    this.#rooms = rooms;
    this.#pool = pool;
  }
  take(need: number): number {
    this.#taken = takePlaces(this.#rooms, this.#pool, need);
    return this.#taken.length;
  }
  inWords(snapshot: Snapshot): string {
    releasePlaces(this.#rooms, this.#pool, this.#taken);
    const words = roomInWords(this.#rooms, this.#pool, snapshot.desired.platform);
    takePlaces(this.#rooms, this.#pool, this.#taken.length);
    return words;
  }
  keep(count: number): readonly string[] {
    const kept = this.#taken.slice(0, Math.max(0, count));
    releasePlaces(this.#rooms, this.#pool, this.#taken.slice(kept.length));
    return kept;
  }
}
