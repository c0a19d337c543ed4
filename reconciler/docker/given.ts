import type { ContainerSpec } from '../model/desired.ts';

/**
 * Which optional parts of a container the file gave. The engine mixes these with the defaults of the image and does not
 * tell them apart later, so their names (never values) are kept in a label: an untouched container then reads back as
 * exactly what was asked, and one made anew by hand under the same labels does not.
 */
export interface Given {
  readonly fields: readonly string[];
  /** Names of environment variables with plain values. */
  readonly environment: readonly string[];
  /** Environment variable → id of the secret whose value it holds. */
  readonly secrets: Readonly<Record<string, string>>;
}

const OPTIONAL = [
  ...(['entrypoint', 'command', 'user', 'health', 'stopSignal', 'workingDirectory', 'hostNetwork'] as const),
  ...(['extraHosts', 'ulimits', 'sysctls', 'devices', 'gpus'] as const),
];

export function givenBy(spec: ContainerSpec): Given {
  const entries = Object.entries(spec.environment);
  return {
    fields: OPTIONAL.filter((field) => spec[field] !== undefined),
    environment: entries.flatMap(([name, value]) => (typeof value === 'string' ? [name] : [])),
    secrets: Object.fromEntries(
      entries.flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, value.secret]])),
    ),
  };
}

/** Reads the label; anything unreadable counts as nothing given. */
export function parseGiven(label: string | undefined): Given {
  try {
    const value = JSON.parse(label ?? '') as Partial<Given> | null;
    return {
      fields: texts(value?.fields),
      environment: texts(value?.environment),
      secrets: Object.fromEntries(Object.entries(value?.secrets ?? {}).map(([name, id]) => [name, String(id)])),
    };
  } catch {
    return { fields: [], environment: [], secrets: {} };
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
