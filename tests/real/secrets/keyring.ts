import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from './programs.ts';

/** A folder with a new age key, in which the real SOPS encrypts. */
export interface Keyring {
  readonly folder: string;
  readonly keyFile: string;
  readonly recipient: string;
  /** Writes the text to a file of that name and encrypts it in place; gives its bytes. */
  encrypt(name: string, text: string, ...options: string[]): Buffer;
  /** The same by a `.sops.yaml` with these lines in its one rule: what the command line has no flags for. */
  encryptByRule(name: string, text: string, ...rule: string[]): Buffer;
  /** Another key: its file and its recipient. */
  another(name: string): { readonly keyFile: string; readonly recipient: string };
  sops(...args: string[]): string;
  remove(): void;
}

export function createKeyring(): Keyring {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-sops-'));
  const { sops: program, keygen } = programs();
  const another = (name: string) => {
    const keyFile = join(folder, name);
    execFileSync(keygen, ['-o', keyFile], { stdio: 'pipe' });
    const recipient = /public key: (age1\S+)/.exec(readFileSync(keyFile, 'utf8'))?.[1] ?? '';
    return { keyFile, recipient };
  };
  const { keyFile, recipient } = another('keys.txt');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    SOPS_AGE_KEY_FILE: keyFile,
    SOPS_DISABLE_VERSION_CHECK: '1',
  };
  const sops = (...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    ...{ folder, keyFile, recipient, another, sops },
    encrypt(name, text, ...options) {
      writeFileSync(join(folder, name), text);
      const keys = options.includes('--age') ? [] : ['--age', recipient];
      sops('encrypt', '--in-place', ...keys, ...options, name);
      return readFileSync(join(folder, name));
    },
    encryptByRule(name, text, ...rule) {
      writeFileSync(join(folder, name), text);
      const lines = [`age: ${recipient}`, ...rule].map((line, index) => `${index === 0 ? '  - ' : '    '}${line}\n`);
      writeFileSync(join(folder, 'rule.yaml'), `creation_rules:\n${lines.join('')}`);
      sops('--config', 'rule.yaml', 'encrypt', '--in-place', name);
      return readFileSync(join(folder, name));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
