/** Reading what tcpdump writes: the old pcap format, of either byte order, with microseconds or nanoseconds. */
export interface Pcap {
  readonly linkType: number;
  readonly records: readonly PcapRecord[];
}

export interface PcapRecord {
  /** Nanoseconds since 1970 by the clock of its machine. */
  readonly at: bigint;
  readonly bytes: Uint8Array;
  /** Before the capture cut it. */
  readonly length: number;
}

const [MICRO, NANO] = [0xa1b2_c3d4, 0xa1b2_3c4d];
const HEADER = 24;
const RECORD_HEADER = 16;

/** Undefined where it is no pcap. What stops in the middle of a packet is read up to there. */
export function readPcap(bytes: Uint8Array): Pcap | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = [MICRO, NANO].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MICRO && magic !== NANO) return undefined;
  const scale = magic === NANO ? 1n : 1000n;
  const records: PcapRecord[] = [];
  for (let at = HEADER; at + RECORD_HEADER <= bytes.length; ) {
    const kept = view.getUint32(at + 8, little);
    const end = at + RECORD_HEADER + kept;
    if (end > bytes.length) break;
    const time = BigInt(view.getUint32(at, little)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, little)) * scale;
    records.push({ at: time, bytes: bytes.subarray(at + RECORD_HEADER, end), length: view.getUint32(at + 12, little) });
    at = end;
  }
  return { linkType: view.getUint32(20, little) & 0xffff, records };
}
