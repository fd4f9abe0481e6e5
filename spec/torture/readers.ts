/** Every parser of text that labgen did not write itself, or that somebody may have changed since. */
import { cgroupMounts } from '../../generator/engine/cgroups.js';
import { parseStat } from '../../generator/engine/first-process.js';
import { judgeProbe } from '../../generator/engine/kvm-probe.js';
import { formatState, parseState } from '../../generator/engine/state.js';
import { parseBoxList } from '../../generator/box/vagrant-add.js';
import { parseSettings } from '../../generator/cli/settings.js';
import { parseRecap } from '../../generator/drivers/ansible.js';
import { lineReader } from '../../generator/drivers/line-reader.js';
import { readAnsibleLint, readPlaybook, readRuby, readShellcheck, readVagrant, readYamllint } from '../../generator/drivers/lint-findings.js';
import { restoreInput } from '../../generator/drivers/restore-input.js';
import type { Outcome } from '../../generator/drivers/run-command.js';
import { parseSshConfig } from '../../generator/drivers/ssh-config.js';
import { parseStates } from '../../generator/drivers/vagrant.js';
import { basesOf } from '../../generator/features/images/sources.js';
import { formatLock, parseLock } from '../../generator/model/artifact.js';
import { canonicalText, familyOf, firstHost, networkOf } from '../../generator/model/family.js';
import { formatHolder, parseHolder } from '../../generator/model/holder.js';
import { hostOnlyRanges } from '../../generator/model/vagrant-ranges.js';
import { beginAs } from '../../generator/source/begin.js';
import { FRAGMENT, parseLab, parseText } from '../../generator/source/parse.js';
import { settingsOf } from '../../generator/source/settings.js';
import { decodeCooked, type IpPacket } from '../../generator/trace/decode.js';
import { readPcap } from '../../generator/trace/pcap.js';
import { readSpace } from '../../generator/trace/recording.js';
import { formatManifest, parseManifest } from '../../generator/write/manifest.js';
import { parseJson } from '../../generator/model/foreign.js';
import { isTree } from '../../generator/model/merge.js';
import { labText } from '../support/labs.js';
import { cooked, ethernet, icmp, ip, ip6, tcp, udp, vxlan } from '../trace/bytes.js';

export interface Reader {
  readonly name: string;
  /** What it reads in good times. */
  readonly samples: readonly string[];
  /** Returns, or throws one of ours. */
  readonly read: (text: string) => void;
}

const holds = (what: string, right: boolean): void => {
  if (!right) throw new Error(`it gave back ${what}`);
};

const outcome = (stderr: string): Outcome => ({ argv: [], code: 1, signal: undefined, stdout: stderr, stderr, timedOut: false, durationMs: 1 });
const lint = (name: string, read: typeof readRuby, ...samples: readonly string[]): Reader => ({
  name, samples,
  read(text) {
    for (const each of read(text, '/lab', ['site.yml'])) holds(`a finding without a place or a text: ${JSON.stringify(each)}`, Number.isFinite(each.line) && Number.isFinite(each.column) && typeof each.file === 'string' && typeof each.message === 'string');
  },
});
/** An echo in VXLAN, an error about a connection, and an echo of IPv6, as they are on a wire. */
const CAPTURED: readonly string[] = ([
  [0x0800, ip('10.0.0.1', '10.0.0.2', 17, udp(50_000, 4789, vxlan(7, ethernet(0x0800, ip('10.1.0.1', '10.1.0.2', 1, icmp(8, [1, 2, 3, 4]))))))],
  [0x0800, ip('10.0.0.9', '10.0.0.1', 1, icmp(3, ip('10.0.0.1', '10.0.0.2', 6, tcp(40_000, 80, 2, 7, 0))))],
  [0x86dd, ip6(Array.from({ length: 16 }, () => 1), Array.from({ length: 16 }, () => 2), 0, [58, 0, 0, 0, 0, 0, 0, 0, ...icmp(128, [1])])],
] as const).map(([type, payload]) => Buffer.from(cooked('in', 2, type, payload)).toString('latin1'));
const hash = '0123456789abcdef'.repeat(4);

export const READERS: readonly Reader[] = [
  { name: 'a lab', samples: ['gre', 'ipv6', 'swarm'].map(labText), read: (text) => {
    const parsed = parseLab('lab.yaml', text);
    for (const { line, column, message } of parsed.problems) holds(`a problem without a place or a message: ${message}`, line >= 1 && column >= 1 && message !== '');
    if (parsed.problems.length === 0) beginAs(text, 'other', 'lab.schema.json');
  } },
  { name: 'a part of a lab', samples: ['include: [a.yaml]\nnodes: { net-1: { memory: 1024 } }\n'], read: (text) => void parseText('part.yaml', text, FRAGMENT) },
  { name: 'a file of variables', samples: ['mtu: 1400\nname: "net-1"\nlist: [a, b]\n'], read: (text) => void settingsOf([{ file: 'vars.yaml', text }]) },
  { name: '--set', samples: ['nodes.net-1.docker.mtu=1400', 'checks[0].within=10s', 'a["b.c"]={d: [1, 2]}'], read: (text) => void parseSettings([text]) },
  { name: 'a Dockerfile', samples: ['# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 debian:12 AS build\nRUN true\nFROM build\nfrom scratch\n'], read: (text) => void basesOf([{ path: 'Dockerfile', mode: 0o644, content: Buffer.from(text) }]) },
  { name: 'an address', samples: ['192.168.56.11/24', 'fd00:56::11/64', '::', '10.0.0.1'], read: (text) => { familyOf(text); canonicalText(text); networkOf(text); firstHost(text); } },
  { name: 'ssh-config', samples: ['Host net-1\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n  IdentityFile "/home/me/my \\"labs\\"/key"\n  IdentityFile /k\n\nHost net-2\n  hostname=10.0.0.2\n'], read: (text) => {
    for (const { node, address, port, user } of parseSshConfig(text)) holds(`a host nobody could connect to: ${node} ${address} ${port}`, node !== '' && Number.isInteger(port) && port > 0 && port < 65_536 && typeof user === 'string');
  } },
  { name: 'vagrant status', samples: ['1700000000,net-1,metadata,provider,docker\n1700000000,net-1,state,running\n1700000000,net-1,state-human-long,The container\\nruns%!(VAGRANT_COMMA) well\n'], read: (text) => void parseStates(text) },
  { name: 'vagrant box list', samples: ['1700000000,,ui,info,labgen/node\n1700000000,,box-name,labgen/node\n1700000000,,box-provider,libvirt\n1700000000,,box-version,1.0\n'], read: (text) => void parseBoxList(text) },
  { name: 'ansible recap', samples: ['PLAY RECAP ****\nnet-1                      : ok=20   changed=3    unreachable=0    failed=0    skipped=2\nnet-2 : ok=1 changed=0 unreachable=1 failed=0\n'], read: (text) => void parseRecap(text) },
  lint('ruby -c', readRuby, 'ruby: Vagrantfile:3: syntax errors found (SyntaxError)\n  1 | a\n'),
  lint('vagrant validate', readVagrant, "Vagrantfile:9: syntax error\n\nvm:\n* The following settings shouldn't exist: box_chekc_update\n"),
  lint('shellcheck', readShellcheck, 'nodes/a/x.sh:44:20: note: Double quote to prevent globbing. [SC2086]\n'),
  lint('ansible-playbook', readPlaybook, "ERROR! couldn't resolve module/action 'x'.\n\nThe error appears to be in '/lab/site.yml': line 9, column 7, but may\n", "[ERROR]: couldn't resolve module/action 'x'.\nOrigin: /lab/site.yml:9:7\n"),
  lint('ansible-lint', readAnsibleLint, 'site.yml:9:7: syntax-check[specific]: no such module\nsite.yml:12: risky-file-permissions: File permissions unset.\n'),
  lint('yamllint', readYamllint, 'inventory.yml:3:4: [error] wrong indentation: expected 4 but found 3 (indentation)\n'),
  { name: 'a firewall script', samples: ["start() {\n  chain filter LABGEN-FORWARD FORWARD\n  rule filter LABGEN-FORWARD -i foo -o docker0 -m comment --comment 'it'\\''s ours' -j ACCEPT\n  rule6 filter LABGEN6 -s fd00::/64 -j DROP\n}\n"], read: (text) => { restoreInput(text, 4); restoreInput(text, 6); } },
  { name: 'networks.conf of VirtualBox', samples: ['* 10.0.0.0/8 192.168.0.0/16 # all\n* 2001::/64\n'], read: (text) => void hostOnlyRanges(text) },
  { name: '/proc/PID/stat', samples: ['4711 (a) b (c)) S 1 4711 4711 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 123456 1 2\n'], read: (text) => {
    const mark = parseStat(text);
    holds('a process without a number', mark === undefined || /^\d+$/.test(mark.startTime));
  } },
  { name: '/proc/self/mounts', samples: ['cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\nproc /proc proc rw 0 0\n'], read: (text) => void cgroupMounts(text) },
  { name: 'QEMU', samples: ['qemu-system-x86_64: failed to initialize kvm: Permission denied\n'], read: (text) => void judgeProbe(outcome(text)) },
  { name: 'the lock of a folder', samples: [formatHolder({ token: 'a'.repeat(16), pid: 7, startTime: '5', namespace: 'pid:[1]', boot: 'b', host: 'h', command: 'labgen up', since: '2026-01-02T03:04:05.000Z' })], read: (text) => {
    const holder = parseHolder(text);
    holds('a holder that is not whole', holder === undefined || (/^[0-9a-f]{16}$/.test(holder.token) && Object.values(holder).every((each) => typeof each === 'string' || Number.isSafeInteger(each))));
  } },
  { name: 'the manifest', samples: [formatManifest([{ path: 'a', mode: 0o644, sha256: hash }, { path: 'b/c', mode: 0o755, sha256: hash, previous: hash }], { lab: 'x', writing: '0123abcd' })], read: (text) => {
    for (const [path, { mode, sha256 }] of parseManifest(text).entries) holds(`an entry that leads elsewhere: ${path}`, !path.split('/').includes('..') && !path.startsWith('/') && Number.isInteger(mode) && typeof sha256 === 'string');
  } },
  { name: 'the lock of artifacts', samples: [formatLock([{ name: 'weave', version: '2.8.1', url: 'https://example.org/weave', sha256: hash }])], read: (text) => {
    for (const pin of parseLock(text) ?? []) holds('a pin that is none', /^[0-9a-f]{64}$/.test(pin.sha256) && [pin.name, pin.version, pin.url].every((each) => typeof each === 'string'));
  } },
  { name: 'the state of an engine', samples: [formatState({ id: '0123456789', kind: 'docker', folder: '/lab', emulated: false, boot: 'b' })], read: (text) => void parseState(text) },
  { name: 'a captured packet', samples: CAPTURED, read: (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const read = decodeCooked(bytes);
    const whole = (packet: IpPacket): boolean => packet.payload.length <= bytes.length && [packet.ttl, packet.bytes, packet.protocol, ...(packet.ports ? [packet.ports.source, packet.ports.destination] : [])].every((each) => Number.isInteger(each) && each >= 0 && each <= 65_575) && packet.source !== '' && packet.destination !== '' && (packet.quotes === undefined || whole(packet.quotes));
    holds(`packets that none could send: ${JSON.stringify(read?.packets)}`, read === undefined || (read.packets.length <= 8 && read.packets.every(whole)));
  } },
  { name: 'a capture', samples: CAPTURED.map((text) => `M<\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\x02\0\0\x14\x01\0\0\0\0\0\0\x07\0\0\0${String.fromCharCode(text.length)}\0\0\0${String.fromCharCode(text.length)}\0\0\0${text}`), read: (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const records = readPcap(bytes)?.records ?? [];
    holds('more than there was', records.reduce((sum, each) => sum + each.bytes.length + 16, 0) <= bytes.length);
  } },
  { name: 'what a node says of its captures', samples: [JSON.stringify({ pcap: 'eJzzsdm0kYmBhYEBBZgwMDAwAQAUHgEr', links: [{ ifname: 'eth1', ifindex: 2, link_index: 7, addr_info: [{ local: '10.0.0.1' }] }], kept: 0, all: 0, dropped: 0, cut: false, trouble: null }), '{"links":[],"kept":0,"trouble":""}'], read: (text) => {
    const value = parseJson(text);
    if (!isTree(value)) return;
    const { trouble, interfaces, packets } = readSpace('net-1', 'c1', value);
    holds('neither a capture nor a reason', trouble === undefined || (trouble !== '' && packets.length === 0));
    for (const each of interfaces) holds(`an interface that is none: ${JSON.stringify(each)}`, typeof each.name === 'string' && typeof each.index === 'number');
  } },
  { name: 'lines of a stream', samples: ['one\r\ntwo é 😀\n\nthree'], read: (text) => {
    const bytes = Buffer.from(text);
    const lines: string[] = [];
    const reader = lineReader((line) => lines.push(line));
    for (let at = 0; at < bytes.length; at += 7) reader.take(bytes.subarray(at, at + 7));
    reader.end();
    const whole = bytes.toString('utf8').split(/\r?\n/);
    if (whole.at(-1) === '') whole.pop();
    holds(`${JSON.stringify(lines).slice(0, 200)} for ${JSON.stringify(whole).slice(0, 200)}`, JSON.stringify(lines) === JSON.stringify(whole));
  } },
];
