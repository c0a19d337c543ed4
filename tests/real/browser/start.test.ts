/** `npm start` as a person sees it: this repository's platform on the embedded engine, in a browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCli } from '../../../scripts/build/cli.ts';
import { buildDashboard } from '../../../scripts/build/dashboard.ts';
import { findChromium } from './available.ts';
import { chromiumFlags } from './chromium-flags.ts';

const root = join(import.meta.dirname, '../../..');
const artifacts = join(root, 'tests/artifacts');

let folder: string;
let service: ChildProcess;
let address: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-start-'));
  await mkdir(artifacts, { recursive: true });
  await buildCli(root, folder);
  await buildDashboard(root, folder);
  const args = ['reconcile', '--embedded', '--file', join(root, 'autogit.yaml'), '--port', '0', '--log', 'json'];
  service = spawn(process.execPath, [join(folder, 'autogit.mjs'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  address = await addressOf(service);
  const found = await findChromium();
  if (found === undefined) throw new Error('no Chromium here');
  browser = await chromium.launch({ executablePath: found.path, args: chromiumFlags });
});

afterAll(async () => {
  await browser?.close();
  service?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** From the log line `service.started`. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /"address":"(http:[^"]+)".*"service\.started"/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}

it('brings the platform up, and the pool follows the jobs before one’s eyes', async () => {
  const page = await browser.newPage({ colorScheme: 'dark' });
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(address);
  await page.getByText('nothing outside this process is changed').waitFor();
  await page.getByText(/^all \d+ units are as revision/).waitFor({ timeout: 120_000 });
  const linux = page.getByRole('article', { name: 'pool linux' });
  await expect
    .poll(async () => Number(await linux.locator('dd').nth(1).textContent()), { timeout: 90_000 })
    .toBeGreaterThan(0);
  await linux.locator('summary').click();
  expect(await linux.textContent()).toContain('queued jobs');
  await page.screenshot({ path: join(artifacts, 'start-dark.png'), fullPage: true });
  expect(problems).toEqual([]);
});

it('ends politely on SIGTERM', async () => {
  const ended = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  expect(await ended).toBe(0);
});
