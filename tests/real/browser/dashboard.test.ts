import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Status } from '../../../reconciler/model/status.ts';
import { readAssets } from '../../../reconciler/serve/assets.ts';
import { type RunningServer, startServer } from '../../../reconciler/serve/server.ts';
import { silentLog } from '../../fakes/silent-log.ts';
import { findChromium } from './available.ts';
import { chromiumFlags } from './chromium-flags.ts';
import { samplePool, sampleStatus } from './sample-status.ts';

const root = join(import.meta.dirname, '../../..');
const artifacts = join(root, 'tests/artifacts');

let folder: string;
let browser: Browser;
let server: RunningServer;
let status: Status;
let changed: () => void = () => {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-dashboard-'));
  await mkdir(artifacts, { recursive: true });
  await build({
    entryPoints: [join(root, 'dashboard/main.tsx')],
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outfile: join(folder, 'dashboard.js'),
    logLevel: 'error',
  });
  for (const name of ['dashboard.css', 'icon.svg']) await copyFile(join(root, 'dashboard', name), join(folder, name));
  status = sampleStatus(Date.now());
  server = await startServer({
    port: 0,
    assets: await readAssets(folder),
    token: 't'.repeat(43),
    status: () => status,
    subscribe: (listener) => {
      changed = listener;
      return () => {};
    },
    decisions: () => [],
    plan: async () => ({}),
    applyPlan: async () => ({}),
    applied: () => undefined,
    wake: () => {},
    log: silentLog,
  });
  const found = await findChromium();
  if (found === undefined) throw new Error('no Chromium here');
  browser = await chromium.launch({
    executablePath: found.path,
    args: chromiumFlags,
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(server.address);
  return { page, problems };
}

it('shows the state, the plan, the pools and why, without an error in the console', async () => {
  const { page, problems } = await open();
  await page.getByText('live', { exact: true }).waitFor();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('home');
  expect(await page.textContent('header')).toContain('1 of 4 units needs attention');
  expect(await page.textContent('body')).toContain('nothing outside this process is changed');
  expect(await page.textContent('section[aria-labelledby=plan]')).toContain('exited with 1: <script>alert(1)</script>');
  expect(await page.textContent('section[aria-labelledby=plan]')).toContain(
    'not removed while host gpu-box cannot be read',
  );
  await page.getByText('3 jobs wait and 2 run').click();
  expect(await page.textContent('article')).toContain('at most 1 new runner at once');
  await page.screenshot({ path: join(artifacts, 'dashboard-light.png'), fullPage: true });
  expect(problems).toEqual([]);
  await page.context().close();
});

it('follows changes without a reload', async () => {
  const { page } = await open();
  await page.getByText('live', { exact: true }).waitFor();
  status = {
    ...sampleStatus(Date.now()),
    sentence: 'all 4 units are as revision a1b2c3d4 asks',
    health: 'ok',
    pools: [samplePool(Date.now(), 7)],
  };
  changed();
  await page.getByText('all 4 units are as revision a1b2c3d4 asks').waitFor();
  await page.getByText('7 jobs wait and 2 run').waitFor();
  status = sampleStatus(Date.now());
  await page.context().close();
});

it.each(['light', 'dark'] as const)('has no accessibility fault in %s colours', async (colorScheme) => {
  const { page } = await open({ colorScheme });
  await page.getByText('live', { exact: true }).waitFor();
  // The page forbids foreign scripts, so the checker enters through the debugger and not through a tag.
  await page.evaluate(axe.source);
  const result = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  expect(
    result.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
  if (colorScheme === 'dark') await page.screenshot({ path: join(artifacts, 'dashboard-dark.png'), fullPage: true });
  await page.context().close();
});

it('fits a screen of 360 pixels and is used by keyboard alone', async () => {
  const { page } = await open({ viewport: { width: 360, height: 740 } });
  await page.getByText('live', { exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the pools');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.querySelector('details')?.open)).toBe(true);
  await page.screenshot({ path: join(artifacts, 'dashboard-narrow.png'), fullPage: true });
  await page.context().close();
});

it('tells the state without scripts too', async () => {
  const { page } = await open({ javaScriptEnabled: false });
  expect(await page.textContent('main')).toContain('1 of 4 units needs attention');
  expect(await page.textContent('main')).toContain('3 queued, 2 busy, 3 of 8 runners');
  await page.context().close();
});
