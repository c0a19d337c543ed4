import { type ComposeNode, isTrue, member, textIn } from '../node.ts';
import { type HealthDraft, holdsGivenSecret, type Scope, target } from '../scope.ts';
import { secretWordIn } from '../secret-words.ts';
import { durationText, millisecondsOf } from '../units.ts';
import { wordsOf } from './command.ts';

/** What Compose takes when the file does not say (compose-spec, 05-services, healthcheck). */
const composeDefaults = { interval: '30s', timeout: '30s', start_period: '0s' } as const;

/** `healthcheck`: words stay words, and what a shell reads stays with a shell. */
export function readHealth(node: ComposeNode, scope: Scope): undefined {
  const { ledger } = scope;
  const test = member(node, 'test');
  const disable = member(node, 'disable');
  const first = test?.kind === 'list' ? textIn(test.items[0]) : undefined;
  if (isTrue(disable) || first === 'NONE')
    return ledger.changed(node, 'nothing is checked by AutoGit; a check that the image itself brings stays on', {
      next: 'write `health:` if the image has a check that fails',
    });
  if (disable !== undefined) ledger.taken(disable);
  if (test === undefined)
    return ledger.lost(
      node,
      'it changes a check of the image, whose command is not here',
      'write the command as `health: { exec: […] }`',
    );
  const exec = execOf(test);
  if (exec === undefined) return ledger.lost(test, 'its test is empty', 'write the command as `health: { exec: […] }`');
  if (holdsGivenSecret(test) || secretWordIn(exec) !== undefined)
    return ledger.lost(test, 'a secret stands in the command', 'read it from a file or a variable in the container');
  const health: HealthDraft = { exec };
  scope.draft.health = health;
  if (first === 'CMD') ledger.taken(test, target(scope, 'health.exec'));
  else ledger.changed(test, 'the shell that reads it is written out: /bin/sh -c', { to: target(scope, 'health.exec') });
  times(node, health, scope);
}

function execOf(test: ComposeNode): readonly string[] | undefined {
  if (test.kind === 'scalar') {
    const line = textIn(test) ?? '';
    return line === '' ? undefined : ['/bin/sh', '-c', line];
  }
  const [kind, ...words] = wordsOf(test) ?? [];
  if (words.length === 0) return undefined;
  if (kind === 'CMD') return words;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : undefined;
}

function times(node: ComposeNode, health: HealthDraft, scope: Scope): undefined {
  health.interval = time('interval', 'interval', node, scope);
  health.timeout = time('timeout', 'timeout', node, scope);
  health.start = time('start_period', 'start', node, scope);
  const retries = member(node, 'retries');
  const count = Number(textIn(retries) ?? '3');
  health.retries = Number.isInteger(count) && count >= 1 && count <= 100 ? count : 3;
  if (retries !== undefined) scope.ledger.taken(retries, target(scope, 'health.retries'));
  const startInterval = member(node, 'start_interval');
  if (startInterval !== undefined)
    scope.ledger.lost(
      startInterval,
      'the check has one interval, at the start and after it',
      'lower `health.interval`',
    );
}

function time(key: keyof typeof composeDefaults, to: string, node: ComposeNode, scope: Scope): string {
  const given = member(node, key);
  const ms = millisecondsOf(textIn(given) ?? composeDefaults[key]);
  if (given === undefined || ms === undefined) {
    if (given !== undefined) scope.ledger.lost(given, 'this is no duration', 'write it as 30s');
    return durationText(millisecondsOf(composeDefaults[key]) ?? 0).text;
  }
  const { text, exact } = durationText(ms === 0 && key !== 'start_period' ? 30_000 : ms);
  if (exact) scope.ledger.taken(given, target(scope, `health.${to}`));
  else
    scope.ledger.changed(given, `it is ${text} now: whole seconds are the shortest time`, {
      to: target(scope, `health.${to}`),
    });
  return text;
}
