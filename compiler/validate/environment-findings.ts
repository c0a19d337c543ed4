import type { Finding } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import { isMap } from '../model/is-map.ts';
import { pointerTo } from '../model/pointer.ts';
import { inQuotes } from './fixes.ts';

/**
 * Numbers and truth values whose spelling would be lost: a program that is given `VERSION: 1.10` would see 1.1.
 * YAML reads the value before anyone can ask how it was written, so the text itself is compared.
 */
export function environmentFindings(document: Document): readonly Finding[] {
  const findings: Finding[] = [];
  const { services } = document.tree;
  if (!isMap(services)) return findings;
  for (const [id, service] of Object.entries(services)) {
    const environment = isMap(service) ? service.environment : undefined;
    if (!isMap(environment)) continue;
    for (const [name, value] of Object.entries(environment)) {
      if (typeof value !== 'number' && typeof value !== 'boolean') continue;
      const pointer = pointerTo('/services', id, 'environment', name);
      const written = document.written(pointer);
      if (written === undefined || written === String(value)) continue;
      findings.push({
        code: 'AG213',
        pointer,
        message: `\`${name}\` is written ${written}, but the program would see ${value}`,
        hint: `put it in quotes to keep it as it is: '${written}'`,
        ...inQuotes(pointer),
      });
    }
  }
  return findings;
}
