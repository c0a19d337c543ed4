import type { ContainerUnit, Unit } from '../model/desired.ts';
import type { Hold } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { dataHolds } from './data-holds.ts';
import { type Draft, type PlanInput, type Step, withHolds } from './draft.ts';
import { isDone } from './jobs.ts';
import { freshHost, objectNamed, slotsOf } from './live.ts';
import { policyViolations } from './policy.ts';
import { secretsOf } from './unit-secrets.ts';

/** Failures in a row wait 10 s, 20 s, 40 s … at most 10 minutes. */
const retryFirstMs = 10_000;
const retryMaxMs = 600_000;
/** Corrections of one unit within an hour that count as a fight, and how long it then rests. */
const fightCount = 5;
const fightRestMs = 600_000;

/** Units that cannot be judged or must not be touched now. Others go on. */
export const holdUnits: Step = (draft, input) => {
  const { snapshot } = input;
  const violations = policyHolds(input);
  const forbidden = forbiddenSecretHolds(snapshot, new Set(violations.map(({ subject }) => subject)));
  const byUnit = snapshot.desired.units.flatMap((unit) => reasonsFor(unit, input).slice(0, 1));
  const first = withHolds(draft, [
    ...hostHolds(snapshot),
    ...targetHolds(snapshot),
    ...violations,
    ...forbidden,
    ...byUnit,
  ]);
  return holdDependants(first, snapshot);
};

/** One hold for a host whose state is not known, instead of one for each of its units. */
function hostHolds(snapshot: Snapshot): readonly Hold[] {
  return Object.keys(snapshot.hosts)
    .sort()
    .flatMap((host) => {
      const reading = snapshot.hosts[host];
      if (reading === undefined || reading.kind === 'fresh') return [];
      const reason = `host ${host} could not be read: ${reading.failure.detail}; everything on it stays as it is`;
      return [{ subject: host, reason, next: `make host ${host} reachable; it is tried again by itself` }];
    });
}

function targetHolds({ desired }: Snapshot): readonly Hold[] {
  if (desired.platform.target === 'compose') return [];
  const reason = `target ${desired.platform.target} is compiled but not applied: this version changes Docker hosts only`;
  return [
    { subject: desired.platform.name, reason, next: 'apply the rendered files with kubectl, or use target: compose' },
  ];
}

function policyHolds({ snapshot, policy }: PlanInput): readonly Hold[] {
  return policyViolations(snapshot.desired, policy).map(({ subject, finding }) => ({
    subject,
    reason: finding.message,
    ...(finding.hint === undefined ? {} : { next: finding.hint }),
  }));
}

/** The first that applies is the one to tell. */
function reasonsFor(unit: Unit, input: PlanInput): readonly Hold[] {
  const { snapshot } = input;
  if (freshHost(snapshot, unit.host) === undefined) return [];
  return [
    ...foreignHold(unit, snapshot),
    ...dataHolds(unit, input),
    ...secretHold(unit, snapshot),
    ...retryHold(unit, snapshot),
    ...fightHold(unit, snapshot),
  ];
}

function foreignHold(unit: Unit, snapshot: Snapshot): readonly Hold[] {
  const state = freshHost(snapshot, unit.host);
  const found = state && objectNamed(state, unit);
  if (found === undefined || found.deployment === snapshot.deployment) return [];
  const reason = `${unit.kind} ${unit.name} belongs to deployment ${found.deployment} of AutoGit, this one is ${snapshot.deployment}; it is left alone`;
  const next = 'give this platform another name, or remove the object if its owner is gone';
  return [{ subject: unit.id, reason, next }];
}

function secretHold(unit: Unit, { missingSecrets = {} }: Snapshot): readonly Hold[] {
  const id = secretsOf(unit).find((secret) => secret in missingSecrets);
  return id === undefined ? [] : [{ subject: unit.id, reason: missingSecrets[id] ?? `secret ${id} cannot be read` }];
}

/** A secret that the policy forbids is no part of a container either. */
function forbiddenSecretHolds(snapshot: Snapshot, forbidden: ReadonlySet<string>): readonly Hold[] {
  return snapshot.desired.units.flatMap((unit) => {
    const id = secretsOf(unit).find((secret) => forbidden.has(secret));
    return id === undefined
      ? []
      : [{ subject: unit.id, reason: `needs secret ${id}, which the policy does not allow` }];
  });
}

function retryHold(unit: Unit, { at, attempts = {} }: Snapshot): readonly Hold[] {
  const failed = attempts[unit.id]?.failed;
  if (failed === undefined || failed.digest !== unit.digest) return [];
  const waitMs = Math.min(retryFirstMs * 2 ** (failed.count - 1), retryMaxMs);
  if (at - failed.lastAt >= waitMs) return [];
  const times = failed.count === 1 ? 'once' : `${failed.count} times`;
  const reason = `failed ${times}: ${failed.reason}; the next try is ${waitMs / 1000} s after the last one`;
  return [{ subject: unit.id, reason }];
}

function fightHold(unit: Unit, { at, attempts = {} }: Snapshot): readonly Hold[] {
  const corrected = attempts[unit.id]?.corrected ?? [];
  const last = corrected.at(-1) ?? 0;
  if (corrected.length < fightCount || at - last >= fightRestMs) return [];
  const reason = `corrected ${corrected.length} times in the last hour and changed again by others each time; it rests for ${fightRestMs / 60_000} minutes`;
  return [{ subject: unit.id, reason, next: `find out what else changes ${unit.name} and stop it` }];
}

/** A container cannot be made from held parts, nor started before a needed one that does not run. The first cause is told. */
function holdDependants(draft: Draft, snapshot: Snapshot): Draft {
  const holds = snapshot.desired.units.flatMap((unit): readonly Hold[] => {
    if (unit.kind !== 'container' || draft.held.has(unit.id)) return [];
    const cause = partsOf(unit.id, snapshot).find((part) => draft.held.has(part.id));
    if (cause === undefined) return [];
    const why = draft.holds.find(({ subject }) => subject === cause.id)?.reason ?? 'it is held';
    return [
      { subject: unit.id, reason: `waits for ${cause.kind} ${cause.key}: ${why.replace(/^waits for [^:]*: /, '')}` },
    ];
  });
  return holds.length === 0 ? draft : holdDependants(withHolds(draft, holds), snapshot);
}

function partsOf(id: string, snapshot: Snapshot): readonly Unit[] {
  const container = snapshot.desired.units.find((unit) => unit.id === id);
  if (container?.kind !== 'container') return [];
  return snapshot.desired.units.filter((unit) => unit.host === container.host && isPartOf(container, unit, snapshot));
}

function isPartOf(container: ContainerUnit, unit: Unit, snapshot: Snapshot): boolean {
  switch (unit.kind) {
    case 'network':
      return unit.name in container.spec.networks;
    case 'volume':
    case 'files':
      return container.spec.mounts.some((mount) => mount.volume === unit.name);
    case 'container': {
      const need = container.needs.find((each) => each.unit === unit.id);
      if (need?.condition === 'done') return !isDone(unit, snapshot);
      return need !== undefined && !slotsOf(snapshot, unit).all.some(({ state }) => state === 'running');
    }
  }
}
