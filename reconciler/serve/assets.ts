/** The built dashboard, read once into memory; no path of a request ever reaches the file system. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Assets {
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;
  /** The page with `plain` (trusted HTML of ours) as its content until the script takes over. */
  page(plain: string): string;
}

const served = {
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/**
 * Reads `folder` (`dist/dashboard`). A folder that was not built gives the plain page alone, so that health and status
 * never depend on the front end.
 */
export async function readAssets(folder: string): Promise<Assets> {
  const files = new Map<string, { type: string; body: Buffer }>();
  for (const [name, type] of Object.entries(served)) {
    const body = await readFile(join(folder, name)).catch(() => undefined);
    if (body !== undefined) files.set(`/${name}`, { type, body });
  }
  const script = files.has('/dashboard.js') ? '<script type="module" src="/dashboard.js"></script>' : '';
  return {
    files,
    page: (plain) =>
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>AutoGit</title>' +
      '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">' +
      `<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/dashboard.css">${script}</head><body><div id="app">${plain}</div></body></html>\n`,
  };
}
