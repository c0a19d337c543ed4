import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const server = join(
  dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
  'bin/yaml-language-server',
);

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What an editor asks of the server for one document. */
export interface Editor {
  /** Opens `text`, in which `‸` marks the place of the questions, as the file at `path`, and gives what the server says is wrong. */
  open(text: string, path?: string): Promise<readonly { readonly message: string; readonly line: number }[]>;
  /** Labels that are proposed at the mark. */
  complete(): Promise<readonly string[]>;
  /** What is shown for the word at the mark. */
  hover(): Promise<string>;
  close(): Promise<void>;
}

type Message = {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};

/** Starts the YAML language server that editors use, with `schema` for every file (LSP 3.17 over standard streams). */
export async function startEditor(schema: string): Promise<Editor> {
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = connect(child, {
    yaml: {
      schemas: { [pathToFileURL(schema).href]: '*.yaml' },
      schemaStore: { enable: false },
      validate: true,
      hover: true,
      completion: true,
    },
  });
  await connection.ask('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: null,
    capabilities: {
      textDocument: { completion: { completionItem: { snippetSupport: true } }, hover: {}, publishDiagnostics: {} },
      workspace: { configuration: true, didChangeConfiguration: {} },
    },
  });
  connection.tell('initialized', {});
  let [opened, uri, at]: [number, string, Position] = [0, '', { line: 0, character: 0 }];
  return {
    async open(text, path = `/platform/${opened++}/autogit.yaml`) {
      at = placeOf(text);
      uri = pathToFileURL(path).href;
      const said = connection.hear('textDocument/publishDiagnostics', (params) => (params as Published).uri === uri);
      const document = { uri, languageId: 'yaml', version: 1, text: text.replace('‸', '') };
      connection.tell('textDocument/didOpen', { textDocument: document });
      const { diagnostics } = (await said) as Published;
      return diagnostics.map(({ message, range }) => ({ message, line: range.start.line + 1 }));
    },
    async complete() {
      const answer = await connection.ask('textDocument/completion', { textDocument: { uri }, position: at });
      const items = Array.isArray(answer) ? answer : (answer as { readonly items: readonly unknown[] }).items;
      return items.map((item) => (item as { readonly label: string }).label);
    },
    async hover() {
      const answer = await connection.ask('textDocument/hover', { textDocument: { uri }, position: at });
      const { contents } = (answer ?? { contents: '' }) as { readonly contents: string | { readonly value: string } };
      return typeof contents === 'string' ? contents : contents.value;
    },
    async close() {
      const ended = once(child, 'close');
      child.kill();
      await ended;
    },
  };
}

interface Published {
  readonly uri: string;
  readonly diagnostics: readonly { readonly message: string; readonly range: { readonly start: Position } }[];
}

function placeOf(text: string): Position {
  const before = text.slice(0, Math.max(0, text.indexOf('‸'))).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

/** JSON-RPC with a length before each message. The server asks for its settings and gets `settings`. */
function connect(child: ChildProcess, settings: Readonly<Record<string, unknown>>) {
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Set<(message: Message) => void>();
  let [next, rest] = [1, Buffer.alloc(0)];
  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin?.write(body);
  };
  const take = (message: Message): void => {
    if (message.method === 'workspace/configuration') {
      const { items } = message.params as { readonly items: readonly { readonly section: string }[] };
      send({ id: message.id, result: items.map(({ section }) => settings[section] ?? {}) });
    } else if (message.method !== undefined && message.id !== undefined) {
      send({ id: message.id, result: null });
    } else if (message.method === undefined) {
      waiting.get(Number(message.id))?.(message);
    }
    for (const listener of listeners) listener(message);
  };
  child.stdout?.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (let found = firstMessage(rest); found !== undefined; found = firstMessage(rest)) {
      rest = rest.subarray(found.end);
      take(JSON.parse(found.body) as Message);
    }
  });
  return {
    ask: (method: string, params: unknown) =>
      new Promise<unknown>((resolve, reject) => {
        const id = next++;
        waiting.set(id, ({ result, error }) =>
          error === undefined ? resolve(result) : reject(new Error(error.message)),
        );
        send({ id, method, params });
      }),
    tell: (method: string, params: unknown) => send({ method, params }),
    hear: (method: string, fits: (params: unknown) => boolean) =>
      new Promise<unknown>((resolve) => {
        const listener = (message: Message): void => {
          if (message.method !== method || !fits(message.params)) return;
          listeners.delete(listener);
          resolve(message.params);
        };
        listeners.add(listener);
      }),
  };
}

function firstMessage(bytes: Buffer): { readonly body: string; readonly end: number } | undefined {
  const header = bytes.indexOf('\r\n\r\n');
  if (header === -1) return undefined;
  const length = Number(/Content-Length: (\d+)/i.exec(bytes.subarray(0, header).toString())?.[1]);
  const end = header + 4 + length;
  return bytes.length < end ? undefined : { body: bytes.subarray(header + 4, end).toString(), end };
}
