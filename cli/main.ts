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

/** The report is loaded when it is needed, so it may be what is missing: an upgrade can take files from a running program. */
async function bug(error: unknown): Promise<number> {
  const report = await import('./report-bug.ts').catch(() => undefined);
  if (report !== undefined) return report.reportBug(error);
  const { message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(
    `autogit: a part of the program is gone, it was replaced or removed while it ran: ${message}\nnext: start it again\n`,
  );
  return exitCode.bug;
}
