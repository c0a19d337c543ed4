/** What Docker calls an architecture → the machine number of an ELF file (ELF specification, `e_machine`). */
const MACHINES: Readonly<Record<number, string>> = { 3: '386', 40: 'arm', 62: 'amd64', 183: 'arm64', 243: 'riscv64' };
const INTERPRETER = 3;

/**
 * The architecture of a static Linux program, as Docker calls it. Throws a sentence for anything else: a program that
 * needs a loader and libraries would not start alone in an image.
 */
export function architectureOf(program: Buffer): string {
  if (program.length < 64 || program.readUInt32BE(0) !== 0x7f454c46) throw new Error('not a Linux program');
  if (program[5] !== 1) throw new Error('a program for a big-endian machine');
  const arch = MACHINES[program.readUInt16LE(18)];
  if (arch === undefined) throw new Error(`a program for a machine that is not known (${program.readUInt16LE(18)})`);
  const wide = program[4] === 2;
  const table = wide ? Number(program.readBigUInt64LE(32)) : program.readUInt32LE(28);
  const entryBytes = program.readUInt16LE(wide ? 54 : 42);
  const entries = program.readUInt16LE(wide ? 56 : 44);
  for (let i = 0; i < entries; i += 1) {
    if (program.readUInt32LE(table + i * entryBytes) === INTERPRETER)
      throw new Error('not a static program: it needs a loader and libraries');
  }
  return arch;
}
