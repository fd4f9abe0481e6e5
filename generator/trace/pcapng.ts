/**
 * Writing pcapng (draft-ietf-opsawg-pcapng): one section, a description for each interface, packets with comments. Little
 * endian, nanoseconds; Wireshark, tshark and tcpdump read it.
 */
export interface CapturedInterface {
  readonly name: string;
  readonly about: string;
  /** Link type; tcpdump reads a file only where all are the same. */
  readonly linkType: number;
}

export interface CapturedPacket {
  /** Index into the interfaces. */
  readonly interface: number;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly bytes: Uint8Array;
  /** Before the capture cut it. */
  readonly length: number;
  readonly direction: 'in' | 'out';
  readonly comment?: string;
}

const BLOCK = { section: 0x0a0d_0d0a, interface: 1, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, application: 4, name: 2, about: 3, resolution: 9, flags: 2 } as const;
const NANOSECONDS = 9;
/** A comment's length is told in 16 bits. */
const MOST_TEXT = 4000;

export function pcapngOf(interfaces: readonly CapturedInterface[], packets: readonly CapturedPacket[], application: string): Uint8Array {
  return Buffer.concat([
    block(BLOCK.section, Buffer.concat([words(0x1a2b_3c4d, 0x0000_0001, 0xffff_ffff, 0xffff_ffff), options([OPTION.application, text(application)])])),
    ...interfaces.map(({ name, about, linkType }) => block(BLOCK.interface, Buffer.concat([words(linkType & 0xffff, 0), options([OPTION.name, text(name)], [OPTION.about, text(about)], [OPTION.resolution, Buffer.from([NANOSECONDS])])]))),
    ...packets.map(packetBlock),
  ]);
}

function packetBlock({ interface: number, at, bytes, length, direction, comment }: CapturedPacket): Buffer {
  const head = words(number, Number(at >> 32n), Number(at & 0xffff_ffffn), bytes.length, Math.max(length, bytes.length));
  const flags = words(direction === 'in' ? 1 : 2);
  return block(BLOCK.packet, Buffer.concat([head, padded(bytes), options(...(comment === undefined ? [] : [[OPTION.comment, text(comment)] as const]), [OPTION.flags, flags])]));
}

/** Its length stands at both ends. */
function block(type: number, body: Uint8Array): Buffer {
  const length = body.length + 12;
  return Buffer.concat([words(type, length), body, words(length)]);
}

function options(...all: readonly (readonly [number, Uint8Array])[]): Buffer {
  return Buffer.concat([...all.flatMap(([code, value]) => [halves(code, value.length), padded(value)]), halves(OPTION.end, 0)]);
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value >>> 0, index * 4));
  return buffer;
}

function halves(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => buffer.writeUInt16LE(value, index * 2));
  return buffer;
}

/** One line, without signs that a terminal would obey. */
function text(value: string): Buffer {
  return Buffer.from(value.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, ' ').slice(0, MOST_TEXT), 'utf8');
}
