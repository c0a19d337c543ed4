/** The name server of the Internet: everything that the platform's own name server does not know is asked here. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const types: Readonly<Record<number, 'A' | 'NS' | 'SOA' | 'TXT'>> = { 1: 'A', 2: 'NS', 6: 'SOA', 16: 'TXT' };
/** Name of this name server, in a domain that it serves itself. */
const nameServer = 'ns.provider.test.';
type Type = (typeof types)[number];

export interface PublicDns {
  /** Records of TXT by name, each with a dot at its end; whoever serves a zone changes them. */
  readonly texts: Map<string, string>;
  close(): void;
}

export interface Zones {
  /** Where it listens, on port 53. */
  readonly address: string;
  /** Domains that it serves, and the address of every host in them. */
  readonly zones: Readonly<Record<string, string>>;
}

export async function startPublicDns({ address, zones }: Zones): Promise<PublicDns> {
  const texts = new Map<string, string>();
  const known: Zones['zones'] = { ...zones, 'provider.test': address };
  const answer = (asked: Buffer): Buffer => answerTo(asked, (name, type) => recordsOf(name, type));
  // A zone may lie in another one.
  const names = Object.keys(known).sort((a, b) => b.length - a.length);
  const recordsOf = (name: string, type: Type | undefined): readonly Buffer[] | undefined => {
    const zone = names.find((each) => name === `${each}.` || name.endsWith(`.${each}.`));
    if (zone === undefined) return undefined;
    const apex = name === `${zone}.`;
    const text = texts.get(name);
    switch (type) {
      case 'A':
        return name.startsWith('_') ? [] : [Buffer.from((known[zone] ?? '').split('.').map(Number))];
      case 'NS':
        return apex ? [labels(nameServer)] : [];
      case 'SOA':
        return apex ? [Buffer.concat([labels(nameServer), labels(`root.${zone}.`), numbers(1, 60, 60, 60, 1)])] : [];
      case 'TXT':
        return text === undefined ? [] : [Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])];
      default:
        return [];
    }
  };
  const datagrams = createSocket('udp4');
  datagrams.on('message', (asked, from) => datagrams.send(answer(asked), from.port, from.address));
  const streams = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const told = answer(data.subarray(2));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(told.length);
      socket.write(Buffer.concat([length, told]));
    });
  });
  await Promise.all([
    new Promise<void>((done) => datagrams.bind(53, address, done)),
    new Promise<void>((done) => streams.listen(53, address, done)),
  ]);
  return {
    texts,
    close: () => {
      datagrams.close();
      streams.close();
    },
  };
}

/** RFC 1035, 4.1: the question again and its records; undefined: there is no such name. */
function answerTo(
  asked: Buffer,
  recordsOf: (name: string, type: Type | undefined) => readonly Buffer[] | undefined,
): Buffer {
  const end = asked.indexOf(0, 12) + 5;
  const type = asked.readUInt16BE(end - 4);
  const records = recordsOf(nameIn(asked).toLowerCase(), types[type]);
  const head = Buffer.from(asked.subarray(0, 12));
  head.writeUInt16BE(records === undefined ? 0x8583 : 0x8580, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records?.length ?? 0, 6);
  head.writeUInt32BE(0, 8);
  const told = (records ?? []).map((data) => {
    // The name of the question, class IN, for a second.
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, 0, 0]);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, asked.subarray(12, end), ...told]);
}

function nameIn(asked: Buffer): string {
  let name = '';
  for (let at = 12; asked[at] !== 0; at += (asked[at] ?? 0) + 1)
    name += `${asked.subarray(at + 1, at + 1 + (asked[at] ?? 0)).toString('latin1')}.`;
  return name;
}

function labels(name: string): Buffer {
  return Buffer.concat(
    name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
  );
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
