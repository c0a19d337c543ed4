import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The built dashboard: beside the bundle, or in `dist/` when the command line runs from its sources. */
export function dashboardFolder(): string {
  const beside = join(import.meta.dirname, 'dashboard');
  const candidates = [
    beside,
    join(import.meta.dirname, '..', 'dashboard'),
    join(import.meta.dirname, '..', 'dist', 'dashboard'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'dashboard.js'))) ?? beside;
}
