import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PoolMemory } from '../../reconciler/model/record.ts';
import type { Store } from '../../reconciler/ports/store.ts';
import { entry, pull } from './store-samples.ts';

/** What every store must do. `reopen` closes it and opens the same content again; absent for one that forgets. */
export interface StoreUnderTest {
  open(): Store;
  reopen?(store: Store): Store;
}

const memory: PoolMemory = {
  failures: [1, 2],
  orphans: ['7'],
  tokens: 2.5,
  tokensAt: 3,
  idleSince: { a: 4 },
  surplusSince: 9,
};

export function describeStore(name: string, make: () => StoreUnderTest): void {
  describe(`store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(() => {
      under = make();
      store = under.open();
    });
    afterEach(() => store.close());

    /** Most promises hold in the running store and in the one that is opened again. */
    const both = (check: () => void): void => {
      check();
      if (under.reopen === undefined) return;
      store = under.reopen(store);
      check();
    };

    it('has a deployment id that can be a label and stays the same', () => {
      const { deployment } = store;
      both(() => expect(store.deployment).toBe(deployment));
      expect(deployment).toMatch(/^[0-9a-z]{8,64}$/);
    });

    it('shows an intent as interrupted until its outcome is known', () => {
      const first = store.intend('rev1', pull('a'), 10);
      const second = store.intend('rev1', pull('b'), 11);
      expect(second).toBeGreaterThan(first);
      both(() =>
        expect(store.interrupted()).toEqual([
          { seq: first, revision: 'rev1', action: pull('a'), at: 10 },
          { seq: second, revision: 'rev1', action: pull('b'), at: 11 },
        ]),
      );
      store.conclude(first, { kind: 'done' }, undefined, 12);
      both(() => expect(store.interrupted().map(({ seq }) => seq)).toEqual([second]));
      store.conclude(second, { kind: 'failed', failure: { kind: 'timeout', detail: 'too slow' } }, undefined, 13);
      both(() => expect(store.interrupted()).toEqual([]));
    });

    it('refuses an outcome for what was never intended or is concluded', () => {
      const seq = store.intend('rev1', pull('a'), 10);
      store.conclude(seq, { kind: 'done' }, undefined, 11);
      expect(() => store.conclude(seq, { kind: 'done' }, { kind: 'add', entry: entry('x') }, 12)).toThrow(
        /concluded already/,
      );
      expect(() => store.conclude(999, { kind: 'done' }, undefined, 12)).toThrow(/unknown/);
      both(() => expect(store.inventory()).toEqual([]));
    });

    it('changes the inventory together with the outcome', () => {
      const add = (name: string, id?: string): void =>
        store.conclude(store.intend('r', pull(name), 1), { kind: 'done' }, { kind: 'add', entry: entry(name, id) }, 2);
      add('wiki');
      add('forge');
      both(() => expect(store.inventory()).toEqual([entry('forge'), entry('wiki')]));
      add('wiki', 'another');
      both(() => expect(store.inventory()).toEqual([entry('forge'), entry('wiki', 'another')]));
      store.conclude(
        store.intend('r', pull('x'), 1),
        { kind: 'done' },
        { kind: 'remove', host: 'local', unit: 'container/local/forge', name: 'forge' },
        2,
      );
      both(() => expect(store.inventory()).toEqual([entry('wiki', 'another')]));
    });

    it('takes over objects that it did not make', () => {
      store.adopt(entry('wiki'));
      store.adopt(entry('wiki', 'newer'));
      both(() => expect(store.inventory()).toEqual([entry('wiki', 'newer')]));
    });

    it('lists revisions with the last changed one first', () => {
      store.setRevision({ revision: 'a', at: 1, state: 'applied', source: 'name: a\n' });
      store.setRevision({ revision: 'b', at: 1, state: 'applying' });
      store.setRevision({ revision: 'b', at: 2, state: 'quarantined', reason: 'wiki never got healthy' });
      both(() =>
        expect(store.revisions(10)).toEqual([
          { revision: 'b', at: 2, state: 'quarantined', reason: 'wiki never got healthy' },
          { revision: 'a', at: 1, state: 'applied', source: 'name: a\n' },
        ]),
      );
      store.setRevision({ revision: 'a', at: 3, state: 'applied', source: 'name: a\n' });
      both(() => expect(store.revisions(1).map(({ revision }) => revision)).toEqual(['a']));
    });

    it('remembers each pool', () => {
      store.setPool('linux', { ...memory, tokens: 1 });
      store.setPool('linux', memory);
      store.setPool('arm', memory);
      both(() => expect(store.pools()).toEqual({ arm: memory, linux: memory }));
    });

    it('gives decisions and events newest first', () => {
      const decision = { pool: 'linux', inputs: [], clamps: [], current: 0, held: false, sentence: 'x' };
      for (const at of [1, 2, 3]) {
        store.recordDecision({ ...decision, at, desired: at });
        store.audit({ at, event: 'action.done', detail: `number ${at}` });
      }
      store.recordDecision({ ...decision, pool: 'arm', at: 4, desired: 4 });
      both(() => {
        expect(store.decisions('linux', 2).map(({ desired }) => desired)).toEqual([3, 2]);
        expect(store.decisions('unknown', 2)).toEqual([]);
        expect(store.events(2).map(({ detail }) => detail)).toEqual(['number 3', 'number 2']);
      });
    });

    it('keeps small named values', () => {
      expect(store.get('seen')).toBeUndefined();
      store.set('seen', 'a');
      store.set('seen', 'b');
      store.set('empty', '');
      both(() => expect([store.get('seen'), store.get('empty'), store.get('other')]).toEqual(['b', '', undefined]));
    });

    it('keeps any text whole', () => {
      const text = 'quote \' " ; DROP TABLE journal; -- \u0000 é 日本 🦊';
      store.set(text, text);
      store.setRevision({ revision: text, at: 1, state: 'failed', reason: text });
      const seq = store.intend(text, pull(text), 1);
      both(() => {
        expect(store.get(text)).toBe(text);
        expect(store.revisions(1)).toEqual([{ revision: text, at: 1, state: 'failed', reason: text }]);
        expect(store.interrupted()).toEqual([{ seq, revision: text, action: pull(text), at: 1 }]);
      });
    });

    it('ends adopt-only mode once and for good', () => {
      store.clearAdoptOnly();
      store.clearAdoptOnly();
      both(() => expect(store.adoptOnly).toBe(false));
    });
  });
}
