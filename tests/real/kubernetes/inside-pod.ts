/**
 * Runs in the network of a pod that `start-pod.ts` made: the pods behind Services, ways between this network and unix
 * sockets outside of it, and the program of the pod. Ends with its standard input, and takes the program along.
 */
import { spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

export interface Inside {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Connections to the first become connections to the second. */
  readonly ways: readonly (readonly [from: Place, to: Place])[];
  /** Pods that answer with what they were asked, and a status other than 200 where one is given. */
  readonly pods: readonly {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly status?: number;
  }[];
}

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

const { program, env, ways, pods } = JSON.parse(process.argv[2] ?? '') as Inside;

for (const [from, to] of ways) {
  const server = createServer((socket) => join(socket, connect(to as NetConnectOpts)));
  server.listen(from);
}

for (const { name, address, port, status = 200 } of pods) {
  const server = createHttpServer(({ url, headers }, answer) => {
    answer.statusCode = status;
    answer.end(JSON.stringify({ pod: name, host: headers.host, path: url, scheme: headers['x-forwarded-proto'] }));
  });
  server.listen(port, address);
}

const child = spawn(program, [], { env: { ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.resume().on('end', () => child.kill('SIGKILL'));

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
}
