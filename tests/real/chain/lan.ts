/** A machine of the local network: the platform's name server is its resolver, and it trusts whom its owner trusts. */
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../browser/available.ts';
import { chromiumFlags } from '../browser/chromium-flags.ts';

const bundle = '/etc/ssl/certs/ca-certificates.crt';
const run = promisify(execFile);

export interface Lan {
  /** Certificates that this machine trusts from now on, beside those that every machine trusts. */
  trust(pem: string): void;
  /** Standard output of a command on that machine; throws when it ends with another code than 0. */
  on(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  /** A page in a browser of its own there. It takes what one of these certificates signed: it has no store of its own that could be filled. */
  page(signers: readonly string[]): Promise<Page>;
}

export function makeLan(folder: string, nameServer: string): Lan {
  const [resolver, trusted, enter] = ['resolv.conf', 'trusted.pem', 'enter'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(resolver, `nameserver ${nameServer}\n`);
  writeFileSync(trusted, readFileSync(bundle));
  writeFileSync(
    enter,
    `#!/bin/sh
exec unshare --mount sh -ec 'mount --bind "$1" /etc/resolv.conf; mount --bind "$2" ${bundle}; shift 2; exec "$@"' sh ${resolver} ${trusted} "$@"
`,
  );
  chmodSync(enter, 0o755);
  return {
    trust: (pem) => writeFileSync(trusted, `${readFileSync(trusted, 'utf8')}\n${pem}`),
    on: async ([program = '', ...args], env = {}) => {
      const options = { env: { PATH: process.env.PATH ?? '', HOME: folder, ...env }, maxBuffer: 64 << 20 };
      return (await run(enter, [program, ...args], options)).stdout;
    },
    page: async (signers) => {
      const found = await findChromium();
      if (found === undefined) throw new Error('no Chromium here');
      const path = join(folder, 'chromium');
      writeFileSync(path, `#!/bin/sh\nexec ${enter} ${found.path} "$@"\n`);
      chmodSync(path, 0o755);
      const keys = signers.map(keyOf).join(',');
      const args = [...chromiumFlags, `--ignore-certificate-errors-spki-list=${keys}`];
      const browser = await chromium.launch({ executablePath: path, args });
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      return page;
    },
  };
}

/** The hash of a public key as Chromium wants it. */
function keyOf(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
