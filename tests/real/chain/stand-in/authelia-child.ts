/** The stand-in's `authelia`: the commands of the rendered start script, and the server. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digestOf } from './digest.ts';
import { serve } from './serve.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bits: { type: 'string' },
    config: { type: 'string' },
    directory: { type: 'string' },
    password: { type: 'string' },
    variant: { type: 'string' },
  },
});

switch (positionals.join(' ')) {
  case 'crypto hash generate argon2':
  case 'crypto hash generate pbkdf2':
    console.log(`Digest: ${digestOf(values.password ?? '')}`);
    break;
  case 'crypto pair rsa generate': {
    const pair = generateKeyPairSync('rsa', { modulusLength: Number(values.bits) });
    writeFileSync(
      join(values.directory ?? '', 'private.pem'),
      pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    );
    break;
  }
  case '': {
    serve(values.config ?? '', process.env);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
    break;
  }
  default:
    console.error(`the stand-in for Authelia has no command ${positionals.join(' ')}`);
    process.exitCode = 1;
}
