import { exitCode } from './exit-code.ts';
import { reportBug } from './report-bug.ts';
import { runCommandLine } from './run-command-line.ts';

// A reader that has seen enough (`autogit schema | head`) closes the pipe: that is no mistake of anyone.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.fine);
    throw error;
  });
}
process.on('uncaughtException', (error) => process.exit(reportBug(error)));

process.exitCode = await runCommandLine(process.argv.slice(2)).catch(reportBug);
