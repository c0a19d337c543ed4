import { buildPrograms } from './programs.ts';

const programs = await buildPrograms((line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${programs.gitea}\n${programs.runner}\n`);
