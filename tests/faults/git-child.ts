import { createGitSource } from '../../reconciler/follow/git.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';

/** `node git-child.ts URL DIRECTORY`: reads the head once and prints it. For being killed and traced. */
const [url = '', directory = ''] = process.argv.slice(2);
const source = createGitSource({
  url,
  branch: 'main',
  path: 'autogit.yaml',
  directory,
  clock: realClock,
  log: silentLog,
  allowFileProtocol: true,
});
console.log(JSON.stringify(await source.head(new AbortController().signal)));
