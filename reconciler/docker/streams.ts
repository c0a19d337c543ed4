import { worldError } from './failure.ts';

/** Reads a stream to its end, or until `maxBytes` are there. Throws `WorldError` when it breaks. */
export async function readAll(
  stream: AsyncIterable<Buffer | string>,
  maxBytes: number,
  place: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of guarded(stream, place)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

const MAX_LINE = 1 << 20;

/** Lines of a stream. Throws `WorldError` when it breaks; a line longer than 1 MiB is cut into parts. */
export async function* lines(stream: AsyncIterable<Buffer | string>, place: string): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of guarded(stream, place)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > MAX_LINE) {
      yield rest;
      rest = '';
    }
  }
  if (rest !== '') yield rest;
}

async function* guarded(stream: AsyncIterable<Buffer | string>, place: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw worldError(error, place);
  }
}

/**
 * Standard output and error of a container without a terminal arrive as frames: one byte stream, three bytes zero, four
 * bytes length, content (Docker Engine API, "Attach to a container").
 */
export function demultiplex(bytes: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    if ((bytes[at] ?? 9) > 2 || bytes.readUIntBE(at + 1, 3) !== 0) return bytes.toString('utf8');
    const length = bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The same frames one by one as they come, cut into lines. Throws `WorldError` when the stream breaks. */
export async function* framedLines(
  stream: AsyncIterable<Buffer | string>,
  place: string,
): AsyncGenerator<{ readonly stream: 'out' | 'err'; readonly line: string }> {
  let bytes: Buffer = Buffer.alloc(0);
  const rest = { out: '', err: '' };
  const decoders = { out: new TextDecoder(), err: new TextDecoder() };
  for await (const chunk of guarded(stream, place)) {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 8) {
      const length = bytes.readUInt32BE(4);
      if (bytes.length < 8 + length) break;
      const name = bytes[0] === 2 ? 'err' : 'out';
      const text = rest[name] + decoders[name].decode(bytes.subarray(8, 8 + length), { stream: true });
      bytes = bytes.subarray(8 + length);
      const parts = text.split('\n');
      rest[name] = parts.pop() ?? '';
      for (const line of parts) yield { stream: name, line };
    }
  }
  for (const name of ['out', 'err'] as const) if (rest[name] !== '') yield { stream: name, line: rest[name] };
}
