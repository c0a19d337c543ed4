import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { catalog } from '../../library/catalog.ts';
import { shared } from '../../scripts/build/options.ts';
import { checkLicences } from '../../scripts/check/licences.ts';
import { imagesOf, licenceFindings } from '../../scripts/licences/findings.ts';
import { type Lock, olderForms, readLock, shippedPackages } from '../../scripts/licences/packages.ts';
import { licencesPage } from '../../scripts/licences/page.ts';

const root = join(import.meta.dirname, '../..');
const lock = await readLock(root);

/** What the check says of the lock with one more package in it. */
async function planted(entry: Lock['packages'][string]) {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-licences-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const packages = { ...lock.packages, 'node_modules/planted': { version: '1.0.0', ...entry } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
  return checkLicences({ root: folder });
}

describe('the check of licences', () => {
  it('is content with what is there', async () => {
    expect(await checkLicences({ root })).toMatchObject({ ok: true, output: '' });
  });

  it.each(['GPL-3.0-only', 'AGPL-3.0-or-later', 'MPL-2.0', 'GPL-2.0-only OR AGPL-3.0-only'])(
    'fails on a package under %s that would be built in',
    async (license) => {
      expect(await planted({ license })).toMatchObject({
        ok: false,
        output: `npm package planted 1.0.0 is under ${license}, which may not be built into a program under MIT; use another package`,
      });
    },
  );

  it.each(['BUSL-1.1', 'UNLICENSED', 'SEE LICENSE IN LICENSE.md', 'MIT AND GPL-3.0-only'])(
    'fails on %s, which nobody has read',
    async (license) => {
      expect(await planted({ license })).toMatchObject({ ok: false, output: expect.stringMatching(/nobody has read/) });
    },
  );

  it('fails on a package that says nothing', async () => {
    expect(await planted({})).toMatchObject({
      ok: false,
      output: expect.stringContaining('planted 1.0.0 does not say'),
    });
  });

  it.each([{ license: '(MIT OR GPL-3.0-only)' }, { license: 'GPL-3.0-only', dev: true }])(
    'accepts one that may be chosen, and a tool: %j',
    async (entry) => {
      expect(await planted(entry)).toMatchObject({ ok: true });
    },
  );

  it('fails on an image under terms that nobody has read', () => {
    const image = { image: 'redis:8.0', title: 'Redis', licence: 'RSALv2' };
    expect(licenceFindings([], [...imagesOf(catalog), image])).toEqual([
      expect.stringMatching(/^image redis:8\.0 is under RSALv2, which nobody has read/),
    ]);
  });
});

describe('the list of packages', () => {
  const shipped = shippedPackages(lock);
  const names = new Set(shipped.map(({ name }) => name));

  it.each([
    ['cli/main.ts', 'esm', shared],
    ['dashboard/main.tsx', 'esm', { bundle: true, write: false, jsx: 'automatic', jsxImportSource: 'preact' }],
  ] as const)('has everything that is built into %s', async (entry, format, options) => {
    const { metafile } = await build({
      ...options,
      absWorkingDir: root,
      entryPoints: [entry],
      outdir: 'unused',
      splitting: true,
      format,
      write: false,
      metafile: true,
      logLevel: 'error',
    });
    const built = Object.keys(metafile.inputs).flatMap(
      (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect(built.length).toBeGreaterThan(0);
    expect([...new Set(built)].filter((name) => !names.has(name))).toEqual([]);
  });

  it('says of each package what the package says of itself', () => {
    let compared = 0;
    for (const [path, { license, dev }] of Object.entries(lock.packages)) {
      const file = join(root, path, 'package.json');
      // Packages for other platforms are not installed.
      if (path === '' || dev === true || !existsSync(file)) continue;
      const own = JSON.parse(readFileSync(file, 'utf8')) as {
        name: string;
        license?: unknown;
        licenses?: { type: string }[];
      };
      if (typeof own.license === 'string') expect(license, path).toBe(own.license);
      else expect(olderForms[own.name], path).toBe(own.licenses?.[0]?.type);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('is the same whatever was installed', () => {
    const turned = { ...lock, packages: Object.fromEntries(Object.entries(lock.packages).reverse()) };
    const page = (from: Lock) => licencesPage(shippedPackages(from), imagesOf(catalog));
    expect(page(turned)).toBe(page(lock));
  });
});
