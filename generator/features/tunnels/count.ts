/** The watcher of `carried`: a Python program that counts what arrives inside a tunnel. */

/**
 * `ADDRESS SECONDS [[KIND, FAMILY, PORT, SIZE], …]`: counts packets of these tunnels whose inner destination is ADDRESS,
 * until three came or time is up; prints `ready` once it watches, and at the end `COUNT KIND OUTER-SOURCE`. Raw
 * sockets see a packet before the tunnel takes it: those of IPv4 with their IP header, those of IPv6 without.
 * GRE's header is 4 bytes, and 4 more for each of checksum, key and sequence (RFC 2784, 2890). WireGuard's data has the
 * type 4, and hides the rest: a packet of SIZE bytes counts.
 */
export const COUNT = `import json, select, socket, struct, sys, time
address, seconds, watches = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
six = ":" in address
wanted = socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, address)
ETHERTYPE = {4: 0x0800, 41: 0x86DD}
PROTOCOLS = {"gre": [47], "gretap": [47], "ipip": [4, 41], "vxlan": [17], "wireguard": [17]}

def frame(data):
    return struct.unpack("!H", data[12:14])[0], data[14:]

def inside(kind, protocol, data, port, size):
    if kind == "ipip":
        return ETHERTYPE[protocol], data
    if protocol == 47:
        flags, ethertype = struct.unpack("!HH", data[:4])
        data = data[4 + 4 * ((flags >> 15 & 1) + (flags >> 13 & 1) + (flags >> 12 & 1)):]
        if (kind == "gretap") != (ethertype == 0x6558):
            return None
        return frame(data) if kind == "gretap" else (ethertype, data)
    if struct.unpack("!H", data[2:4])[0] != port:
        return None
    if kind == "vxlan":
        return frame(data[16:])
    return "hidden" if len(data) == 8 + size and data[8] == 4 else None

def meant(found):
    if found == "hidden":
        return True
    ethertype, data = found
    return (ethertype, data[24:40] if six else data[16:20]) == (0x86DD if six else 0x0800, wanted)

sockets = {}
for kind, family, port, size in watches:
    for protocol in PROTOCOLS[kind]:
        if not any(each == (family, protocol) for each in sockets.values()):
            sockets[socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_RAW, protocol)] = (family, protocol)
print("ready", flush=True)
count, how, outer, end = 0, "-", "-", time.monotonic() + seconds
while count < 3 and time.monotonic() < end:
    for ready in select.select(list(sockets), [], [], max(0.01, end - time.monotonic()))[0]:
        packet, peer = ready.recvfrom(65535)
        family, protocol = sockets[ready]
        data = packet if family == 6 else packet[(packet[0] & 15) * 4:]
        for kind, of, port, size in watches:
            if of != family or protocol not in PROTOCOLS[kind]:
                continue
            try:
                found = inside(kind, protocol, data, port, size)
                hit = found is not None and meant(found)
            except (struct.error, IndexError):
                hit = False
            if hit:
                count, how, outer = count + 1, kind, peer[0]
                break
print(count, how, outer)
sys.exit(0 if count else 1)`;
