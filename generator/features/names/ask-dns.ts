/**
 * What a program in some place would learn of a name: its /etc/hosts, then its name servers. Asked with the node's own
 * Python in the place's network, because an image need not have any tool for it.
 */

/**
 * Words: root of the place's files, name, server or empty. Prints the addresses; exit 1: nobody knows the name, 2: nobody
 * answered. One question at a time, two tries a server, as resolvers do.
 */
export const RESOLVE = `import os, re, socket, struct, sys
root, name, server = sys.argv[1:]
def lines(path):
    try:
        return open(root + path, errors="replace").read().splitlines()
    except OSError:
        return []
if not server:
    found = [words[0] for words in (line.split("#")[0].split() for line in lines("/etc/hosts")) if name.lower() in [word.lower() for word in words[1:]]]
    if found:
        print("hosts", *found)
        sys.exit(0)
servers = [server] if server else [match.group(1) for match in (re.match(r"nameserver\\s+([0-9.]+)\\s*$", line) for line in lines("/etc/resolv.conf")) if match]
number = os.getpid() & 0xffff
query = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\\0\\0\\1\\0\\1"
def skip(packet, at):
    while packet[at]:
        if packet[at] >= 192:
            return at + 2
        at += packet[at] + 1
    return at + 1
def ask(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        sock.connect((address, 53))
        sock.send(query)
        while True:
            packet = sock.recv(4096)
            if len(packet) >= 12 and packet[:2] == query[:2]:
                break
    _, flags, questions, answers, _, _ = struct.unpack("!6H", packet[:12])
    if flags & 15 not in (0, 3):
        return None
    at, found = 12, []
    for _ in range(questions):
        at = skip(packet, at) + 4
    for _ in range(answers):
        at = skip(packet, at)
        kind, _, _, size = struct.unpack("!2HIH", packet[at:at + 10])
        if kind == 1 and size == 4:
            found.append(socket.inet_ntoa(packet[at + 10:at + 14]))
        at += 10 + size
    return found
answered = False
for address in servers * 2:
    try:
        found = ask(address)
    except OSError:
        continue
    if found is None:
        continue
    answered = True
    if found:
        print(address, *found)
        sys.exit(0)
    break
print("no name server" if not servers else "%s knows no such name" % address if answered else "no answer from " + ", ".join(servers))
sys.exit(1 if answered or not servers else 2)`;
