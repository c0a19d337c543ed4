import { explainDecision } from '../../reconciler/plan/scale-explain.ts';
import { planText } from '../../reconciler/plan/text.ts';
import { createStage, type Stage } from '../fakes/stage.ts';
import { outcomeLines, showContainers, showRunners, showVolumes } from './show.ts';

/**
 * Plays a script against a whole platform in memory and writes down what happens. One command a line; indented lines
 * below `commit` are the file. The words are those of `verbs`.
 */
export async function play(script: string): Promise<string> {
  const stage = createStage();
  const lines: string[] = [];
  const scene: Scene = {
    stage,
    say: (...more) =>
      lines.push(...more.flatMap((text) => text.split('\n')).map((line) => (line === '' ? '' : `    ${line}`))),
    told: 0,
  };
  for (const { line, block } of commandsOf(script)) {
    if (line === '' || line.startsWith('#')) {
      lines.push(line);
      continue;
    }
    lines.push(`> ${line}`, ...block.map((text) => `  | ${text}`.trimEnd()));
    const verb = Object.keys(verbs)
      .sort((a, b) => b.length - a.length)
      .find((known) => line === known || line.startsWith(`${known} `));
    if (verb === undefined) throw new Error(`no such command: ${line}`);
    await verbs[verb]?.(scene, line.slice(verb.length).trim(), block.join('\n'));
    tellStatuses(scene);
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

interface Scene {
  readonly stage: Stage;
  say(...lines: readonly string[]): void;
  /** Commit statuses that were written down already. */
  told: number;
}

type Verb = (scene: Scene, rest: string, block: string) => void | Promise<void>;

/** Cycles until one leaves nothing to be done at once. */
async function cycles({ stage, say }: Scene): Promise<void> {
  for (let count = 0; count < 8; count += 1) {
    const { plan, outcomes, problem, again } = await stage.clock.run(stage.reconciler.cycle());
    if (problem !== undefined && count === 0) say(`! ${problem.sentence}`, ...problem.lines.slice(1));
    if (plan !== undefined && (plan.actions.length > 0 || (plan.holds.length > 0 && count === 0)))
      say(planText(plan), ...outcomeLines(plan, outcomes), '');
    if (!again) break;
  }
  say(`= ${stage.reconciler.status().health}: ${stage.reconciler.status().sentence}`);
}

/** `sha256:a…` stands for 64 times that digit. */
function withDigests(text: string): string {
  return text.replace(/sha256:([0-9a-f])…/g, (_, digit: string) => `sha256:${digit.repeat(64)}`);
}

const verbs: Readonly<Record<string, Verb>> = {
  /** The lock of the commits that follow; none without a block. Of a digest only the digit is written. */
  lock: ({ stage }, _rest, block) => {
    stage.lock = block === '' ? undefined : `${withDigests(block)}\n`;
  },
  /** A file of the repository in the commits that follow; gone without a block. */
  file: ({ stage }, path, block) => {
    if (block === '') delete stage.files[path];
    else stage.files[path] = `${block}\n`;
  },
  /** Starts the reconciler anew for an environment of the file. */
  environment: ({ stage }, name) => {
    stage.environment = name || undefined;
    stage.restart();
  },
  commit: ({ stage }, _rest, block) => void stage.commit(`${block}\n`),
  cycle: cycles,
  async wait(scene, rest) {
    scene.stage.clock.advance(Number(rest.replace(/s$/, '')) * 1000);
    await cycles(scene);
  },
  async plan({ stage, say }) {
    const before = stage.world().writes;
    const result = await stage.clock.run(stage.reconciler.plan());
    say(result.ok ? planText(result.plan) : `! ${result.problem.sentence}`);
    say(`(${stage.world().writes - before} writes to the engine)`);
  },
  image: ({ stage }, rest) => {
    const [name = '', ...how] = withDigests(rest).split(' ');
    stage.images[name] = imageOf(how.join(' '));
  },
  secret: ({ stage }, rest) => {
    const [id = '', value] = rest.split(' ');
    stage.secrets[id] = value;
  },
  show: ({ stage, say }, host) => say(...showContainers(stage, host || 'local')),
  volumes: ({ stage, say }) => say(...showVolumes(stage)),
  runners: ({ stage, say }) => say(...showRunners(stage)),
  'why pool': ({ stage, say }, pool) => {
    const [decision] = stage.store.decisions(pool, 1);
    say(decision?.sentence ?? 'no decision yet');
  },
  writes: ({ stage, say }) => say(`${stage.world().writes} changes to the engine so far`),
  units: ({ stage, say }) =>
    say(
      ...stage.reconciler
        .status()
        .units.filter(({ state }) => state !== 'ok')
        .map(({ id, state, detail }) => `${id}: ${state}, ${detail}`),
    ),
  job: ({ stage, say }, name) =>
    say(
      ...stage.reconciler
        .status()
        .units.filter(({ id }) => id === `container/local/${name}`)
        .map(({ state, detail }) => `${name}: ${state}, ${detail}`),
    ),
  events: ({ stage, say }, rest) =>
    say(...stage.store.events(Number(rest)).map(({ event, detail }) => `${event}: ${detail}`)),
  'host down': ({ stage }, host) => void stage.downHosts.add(host || 'local'),
  'host up': ({ stage }, host) => void stage.downHosts.delete(host || 'local'),
  'git down': ({ stage }) => {
    stage.sourceFailure = { kind: 'unreachable', detail: 'could not resolve host' };
  },
  'git empty': ({ stage }) => {
    stage.sourceFailure = { kind: 'not-found', detail: 'there is no autogit.yaml in this revision' };
  },
  'git up': ({ stage }) => {
    stage.sourceFailure = undefined;
  },
  'forge down': ({ stage }) => {
    stage.forge.isDown = true;
  },
  'forge up': ({ stage }) => {
    stage.forge.isDown = false;
  },
  queue: ({ stage }, rest) => stage.forge.queue(Number(rest.split(' ')[0]), rest.split(' ').at(-1) ?? ''),
  'jobs start': ({ stage, say }) => {
    stage.forge.assign((name) =>
      stage.world().runners.some((runner) => runner.name === name && runner.state === 'running'),
    );
    say(`${stage.forge.running.length} jobs run, ${stage.forge.queued.length} wait`);
  },
  /** All running runners end with an error: `runners end 127 with: exec failed`. */
  'runners end': ({ stage }, rest) => {
    const [code = '1', text = ''] = rest.split(' with: ');
    for (const { name } of stage.world().runners.filter(({ state }) => state === 'running'))
      stage.engine().endRunner(name, Number(code), [text]);
  },
  'launches fail': ({ stage }, detail) => {
    stage.fault = (call) => (call.startsWith('launch ') ? { kind: 'not-found', detail } : undefined);
  },
  'launches work': ({ stage }) => {
    stage.fault = undefined;
  },
  'registrations fail': ({ stage }, detail) => {
    stage.forge.refusal = { kind: 'rejected', detail };
  },
  'registrations work': ({ stage }) => {
    stage.forge.refusal = undefined;
  },
  'explain pool': ({ stage, say }, pool) => {
    const found = stage.reconciler.status().pools.find((candidate) => candidate.pool === pool);
    if (found?.decision === undefined) return say('no decision yet');
    say(explainDecision(found.decision, stage.clock.now()).trimEnd());
    for (const line of found.lastFailure?.logs ?? []) say(`| ${line}`);
  },
  'jobs cancel': ({ stage }) => void stage.forge.queued.splice(0),
  'runners online': ({ stage }) => stage.forge.assign(() => true),
  'jobs end': ({ stage }) => {
    for (const name of stage.forge.finish()) stage.engine().endRunner(name);
  },
  stop: (scene, name) => void Object.assign(container(scene, name), { state: 'exited', exitCode: 143 }),
  pause: (scene, name) => void Object.assign(container(scene, name), { state: 'paused' }),
  remove: ({ stage }, name) => {
    const world = stage.world();
    for (const list of [world.containers, world.networks, world.volumes]) {
      const index = list.findIndex((item) => item.name === name);
      if (index >= 0) list.splice(index, 1);
    }
  },
  edit: (scene, rest) => {
    const [name = '', change = '', value = ''] = rest.split(' ');
    const found = container(scene, name);
    const [key = '', text = ''] = value.split('=');
    if (change === 'environment')
      found.spec = { ...found.spec, environment: { ...found.spec.environment, [key]: text } };
    else found.spec = { ...found.spec, [change]: Number(value) };
  },
  detach: (scene, name) => {
    container(scene, name).networks = [];
  },
  'daemon restart': ({ stage }) => {
    for (const found of stage.world().containers)
      Object.assign(found, { state: 'running', startedAt: stage.clock.now() });
  },
  'power loss': ({ stage }) => {
    for (const found of stage.world().containers) Object.assign(found, { state: 'exited', exitCode: 137 });
    stage.restart();
  },
  'another machine answers': ({ stage }) => {
    stage.world().facts = { ...stage.world().facts, id: 'engine-new' };
  },
  foreign: ({ stage }, name) => {
    const world = stage.world();
    world.networks.push({
      id: 'foreign',
      name,
      unit: 'network/local/x',
      digest: 'x',
      platform: 'home',
      deployment: 'of-someone-else',
    });
  },
  /** Somebody made it, and nothing of ours is on it. */
  'volume there': ({ stage }, name) => {
    const theirs = { id: name, name, unit: '', digest: '', platform: '', deployment: '', files: false };
    stage.world().volumes.push(theirs);
  },
  'port taken': ({ stage }, port) => {
    const world = stage.world();
    const [like] = world.containers;
    if (like === undefined) throw new Error('a container must run first');
    const ports = [{ port: 80, protocol: 'tcp' as const, hostPort: Number(port), address: '0.0.0.0' }];
    const spec = { ...like.spec, ports };
    world.containers.push({
      ...like,
      id: 'foreign',
      name: 'someones-proxy',
      unit: '',
      platform: 'other',
      deployment: 'theirs',
      spec,
    });
  },
  restart: ({ stage }) => stage.restart(),
  'lose memory': ({ stage }) => stage.loseMemory(),
  policy: ({ stage }, rest) => {
    stage.policy = { ...stage.policy, ...(JSON.parse(rest) as object) };
    stage.restart();
  },
  async 'kill before'({ stage, say }, step) {
    stage.beforeStep = (text) => {
      if (text === step) throw new Error('killed');
    };
    const end = await stage.clock.run(stage.reconciler.cycle()).then(
      () => 'ran to its end',
      (error: Error) => error.message,
    );
    stage.beforeStep = undefined;
    stage.restart();
    say(`the reconciler ${end === 'killed' ? 'was killed and started again' : end}`);
  },
  async 'stop during'({ stage, say }, step) {
    const stop = new AbortController();
    stage.beforeStep = (text) => {
      if (text === step) stop.abort();
    };
    const { plan, outcomes } = await stage.clock.run(stage.reconciler.cycle(stop.signal));
    stage.beforeStep = undefined;
    if (plan !== undefined) say(...outcomeLines(plan, outcomes, true));
    stage.restart();
  },
};

function container({ stage }: Scene, name: string) {
  const found = stage.world().containers.find((item) => item.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

function imageOf(how: string): Stage['images'][string] {
  const seconds = Number(/(\d+)s$/.exec(how)?.[1] ?? 0) * 1000;
  if (how === 'works') return {};
  if (how === 'never healthy') return { healthyAfterMs: 'never' };
  if (how === 'does not exist') return { pull: { kind: 'not-found', detail: 'the registry knows no such image' } };
  if (how === 'registry down') return { pull: { kind: 'unreachable', detail: 'the registry does not answer' } };
  if (how.startsWith('healthy after')) return { healthyAfterMs: seconds };
  if (how.startsWith('crashes after')) return { crashAfterMs: seconds };
  if (how.startsWith('ends after')) return { endsAfterMs: seconds };
  if (how.startsWith('fails with')) return { endsAfterMs: 1000, exitCode: Number(how.split(' ').at(-1)) };
  throw new Error(`an image cannot be "${how}"`);
}

function tellStatuses(scene: Scene): void {
  const { statuses } = scene.stage.forge;
  for (const { state, description, revision } of statuses.slice(scene.told))
    scene.say(`commit ${revision.slice(0, 7)}: ${state}, ${description}`);
  scene.told = statuses.length;
}

function commandsOf(script: string): readonly { readonly line: string; readonly block: readonly string[] }[] {
  const commands: { line: string; block: string[] }[] = [];
  for (const line of script.trimEnd().split('\n')) {
    const last = commands.at(-1);
    if (line.startsWith('  ') && last !== undefined) last.block.push(line.slice(2));
    else commands.push({ line, block: [] });
  }
  return commands;
}
