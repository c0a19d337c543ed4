import type { Decision } from '../model/decision.ts';
import type { Action } from '../model/plan.ts';
import type { AuditEvent, InventoryEntry, Outcome, PoolMemory, RevisionRecord } from '../model/record.ts';

/**
 * Durable memory of the reconciler. Synchronous, as SQLite is. Any I/O error is thrown as `StoreDown` and ends the
 * process after all writes to engines have stopped: a row whose commit failed may still be there.
 */
export interface Store {
  /** Random id made once per state folder. */
  readonly deployment: string;
  /** True when the store was made anew while objects of ours exist: nothing is pruned until one clean full cycle. */
  readonly adoptOnly: boolean;
  clearAdoptOnly(): void;

  /** Writes the intent before the engine is touched; returns its sequence number. */
  intend(revision: string, action: Action, at: number): number;
  /** Records what became of it, and the inventory change that follows, in one transaction. */
  conclude(seq: number, outcome: Outcome, inventory: InventoryChange | undefined, at: number): void;
  /** Intents without an outcome, oldest first: what a crash interrupted. */
  interrupted(): readonly {
    readonly seq: number;
    readonly revision: string;
    readonly action: Action;
    readonly at: number;
  }[];

  inventory(): readonly InventoryEntry[];
  /** Takes over an object with our labels that the inventory does not know. */
  adopt(entry: InventoryEntry): void;

  revisions(limit: number): readonly RevisionRecord[];
  setRevision(record: RevisionRecord): void;

  pools(): Readonly<Record<string, PoolMemory>>;
  setPool(pool: string, memory: PoolMemory): void;

  recordDecision(decision: Decision): void;
  /** Newest first. */
  decisions(pool: string, limit: number): readonly Decision[];
  audit(event: AuditEvent): void;
  events(limit: number): readonly AuditEvent[];
  /** Small named values: last commit seen, last commit status sent. */
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  close(): void;
}

export type InventoryChange =
  | { readonly kind: 'add'; readonly entry: InventoryEntry }
  | { readonly kind: 'remove'; readonly host: string; readonly unit: string; readonly name: string };
