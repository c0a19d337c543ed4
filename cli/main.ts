import { commands } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { parsePlain } from './plain-arguments.ts';

process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`autogit schema | head`) closes the pipe: that is no mistake of anyone.
  if (error.code === 'EPIPE') process.exit(exitCode.fine);
  void bug(error).then((code) => process.exit(code));
});

void run(process.argv.slice(2))
  .catch(bug)
  .then((code) => {
    process.exitCode = code;
  });

async function run(words: readonly string[]): Promise<number> {
  const plain = parsePlain(words, commands);
  if (plain !== undefined) return plain.command.run(plain.args, plain.options);
  const { runCommandLine } = await import('./run-command-line.ts');
  return runCommandLine(words);
}

async function bug(error: unknown): Promise<number> {
  return (await import('./report-bug.ts')).reportBug(error);
}
