/** One file of an archive; `path` is relative, with `/`. */
export interface TarFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A symbolic link; `target` as written into it. */
export interface TarLink {
  readonly path: string;
  readonly target: string;
}

const BLOCK = 512;

/**
 * A tar archive in the POSIX.1-1988 "ustar" form with numeric owners, no times and each needed folder before its files.
 * Throws `RangeError` for a path that is absolute, leaves its folder, or is longer than the form can hold (about 250).
 */
export function tar(files: readonly TarFile[], links: readonly TarLink[] = []): Buffer {
  const parts: Buffer[] = [];
  for (const folder of foldersOf(files))
    parts.push(header({ path: `${folder}/`, mode: 0o755, uid: 0, gid: 0, size: 0, type: '5' }));
  for (const file of files) {
    parts.push(header({ ...file, size: file.content.length, type: '0' }), file.content);
    parts.push(Buffer.alloc((BLOCK - (file.content.length % BLOCK)) % BLOCK));
  }
  for (const { path, target } of links)
    parts.push(header({ path, mode: 0o777, uid: 0, gid: 0, size: 0, type: '2', target }));
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function foldersOf(files: readonly TarFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const segments = path.split('/');
    for (let depth = 1; depth < segments.length; depth++) folders.add(segments.slice(0, depth).join('/'));
  }
  return [...folders].sort();
}

interface Header {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly type: '0' | '2' | '5';
  /** Of a link, at most 100 bytes. */
  readonly target?: string;
}

function header(entry: Header): Buffer {
  const { name, prefix } = splitPath(entry.path);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write(octal(entry.mode, 8), 100);
  block.write(octal(entry.uid, 8), 108);
  block.write(octal(entry.gid, 8), 116);
  block.write(octal(entry.size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        ', 148);
  block.write(entry.type, 156);
  block.write(entry.target ?? '', 157, 100);
  block.write('ustar\u000000', 257);
  block.write(prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return block;
}

function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..') || /[\0\n\\]/.test(path)) {
    throw new RangeError(`not a path for a file: ${JSON.stringify(path)}`);
  }
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
    const parts = { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
    if (parts.name !== '' && Buffer.byteLength(parts.name) <= 100 && Buffer.byteLength(parts.prefix) <= 155)
      return parts;
  }
  throw new RangeError(`path is too long: ${JSON.stringify(path.slice(0, 80))}…`);
}

function octal(value: number, width: number): string {
  const digits = value.toString(8);
  if (digits.length >= width) throw new RangeError(`${value} does not fit into a tar header`);
  return digits.padStart(width - 1, '0');
}
