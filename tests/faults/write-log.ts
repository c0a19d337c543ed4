import { basename } from 'node:path';

/** What a process asked of the files of a database, in order, and what it acknowledged on its standard output. */
export type Operation =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly length: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'said'; readonly text: string };

/** Options of strace under which its output can be read by `parseWriteLog`. */
export const straceOptions = [
  '-f',
  '-qq',
  '-xx',
  '-s',
  '200000',
  '-e',
  'trace=openat,close,pwrite64,write,fdatasync,fsync,ftruncate',
  '-e',
  'signal=none',
];

/** Reads the output of strace. Only calls that returned are operations; `files` are the names that matter. */
export function parseWriteLog(text: string, files: readonly string[]): Operation[] {
  const open = new Map<string, string>();
  const operations: Operation[] = [];
  for (const line of joinInterrupted(text)) {
    const [, name, rest, result] = /^(\w+)\((.*)\)\s+= (-?\d+)/s.exec(line) ?? [];
    if (name === undefined || rest === undefined || Number(result) < 0) continue;
    const [first = ''] = rest.split(', ', 1);
    const file = open.get(first);
    if (name === 'openat') {
      const path = basename(bytesOf(/"([^"]*)"/.exec(rest)?.[1] ?? '').toString('utf8'));
      if (files.includes(path)) open.set(String(result), path);
      else open.delete(String(result));
    } else if (name === 'write' && first === '1') {
      operations.push({ kind: 'said', text: bytesOf(/"([^"]*)"/.exec(rest)?.[1] ?? '').toString('utf8') });
    } else if (file === undefined) {
    } else if (name === 'close') {
      open.delete(first);
    } else if (name === 'pwrite64') {
      const [, data = '', offset = ''] = /"([^"]*)", \d+, (\d+)$/.exec(rest) ?? [];
      operations.push({ kind: 'write', file, offset: Number(offset), bytes: bytesOf(data) });
    } else if (name === 'ftruncate') {
      operations.push({ kind: 'truncate', file, length: Number(rest.split(', ')[1]) });
    } else if (name === 'fsync' || name === 'fdatasync') {
      operations.push({ kind: 'sync', file });
    }
  }
  return operations;
}

/** `1234 call(… <unfinished ...>` and `1234 <... call resumed>…` become one line, at the place of its return. */
function joinInterrupted(text: string): string[] {
  const begun = new Map<string, string>();
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, pid = '', call = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    if (call.endsWith('<unfinished ...>')) begun.set(pid, call.slice(0, -'<unfinished ...>'.length).trimEnd());
    else if (call.startsWith('<... '))
      lines.push(`${begun.get(pid) ?? ''}${call.replace(/^<\.\.\. \w+ resumed>/, '')}`);
    else lines.push(call);
  }
  return lines;
}

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
