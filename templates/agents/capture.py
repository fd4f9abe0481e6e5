# What captures on a machine: run as root once a machine, it holds a tcpdump in each namespace, on all interfaces of it,
# asks the question if it is its machine that asks, and says what the captures hold. No file is written, no interface is
# made promiscuous, and nothing outlives it: each tcpdump ends with it, and by a clock.
#
# Standard input: {nonce, machine, wait: seconds, limit: seconds, mark: text, needles: [hex], spaces: [{} | {pid} | {name}],
# ask: null | {space, protocol, family, address, port, ownPort, bytes}}. It prints "ready" when all capture; then say.py
# tells it "go", which answers with {answered, why}, and "end", after which it prints
# {spaces: [{pcap: base64 of zlib, links: what ip says, kept, all, dropped, cut, trouble}]}.
import base64, ctypes, json, os, re, select, signal, socket, struct, subprocess, sys, time, zlib

task = json.load(sys.stdin)
MARK = task["mark"].encode()
NEEDLES = [bytes.fromhex(each) for each in task["needles"]]
# How far into a packet the short ones are looked for: headers are there, and noise is everywhere.
NEAR = 300
MOST_BYTES = 24 << 20
MOST_KEPT = 2000
libc = ctypes.CDLL(None, use_errno=True)
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}

def tied():
    # PR_SET_PDEATHSIG: whoever is killed takes these along.
    libc.prctl(1, signal.SIGTERM)

def entering(where):
    if "pid" in where:
        return ["nsenter", "-t", str(where["pid"]), "-n"]
    return ["nsenter", "--net=/run/netns/" + where["name"]] if "name" in where else []

def path_of(where):
    return "/proc/%d/ns/net" % where["pid"] if "pid" in where else "/run/netns/" + where["name"] if "name" in where else "/proc/self/ns/net"

class Capture:
    def __init__(self, where):
        self.where, self.out, self.said = where, bytearray(), bytearray()
        words = entering(where) + ["tcpdump", "-p", "-n", "-i", "any", "-y", "LINUX_SLL2", "-s", "512", "-U", "--immediate-mode", "--time-stamp-precision=nano", "-Z", "root", "-w", "-"]
        self.process = subprocess.Popen(["timeout", "-k", "1", str(task["limit"])] + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=tied)
        self.open = {self.process.stdout: self.out, self.process.stderr: self.said}

    def ready(self):
        return self.over() or b"listening on" in self.said

    def over(self):
        return not self.open

    def read(self, stream):
        data = os.read(stream.fileno(), 65536)
        into = self.open[stream]
        into += data[:max(0, MOST_BYTES - len(into))]
        if not data:
            del self.open[stream]

def pump(until, finished):
    while not finished():
        left = until - time.monotonic()
        if left <= 0:
            return
        streams = {stream: capture for capture in captures for stream in capture.open}
        if not streams:
            time.sleep(min(left, 0.05))
            continue
        for stream in select.select(list(streams), [], [], min(left, 0.05))[0]:
            streams[stream].read(stream)

def links_of(where):
    said = subprocess.run(entering(where) + ["ip", "-j", "-d", "address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    try:
        return json.loads(said)
    except ValueError:
        return []

def wanted(data):
    return MARK in data or any(needle in data[:NEAR] for needle in NEEDLES)

def kept_of(out):
    """The packets that may be ours, with the header before them."""
    kept, count, total, at = [bytes(out[:24])], 0, 0, 24
    order = "<" if out[:1] == b"\x4d" or out[:1] == b"\xd4" else ">"
    while at + 16 <= len(out):
        size = struct.unpack(order + "I", out[at + 8:at + 12])[0]
        end = at + 16 + size
        if end > len(out):
            break
        total += 1
        if count < MOST_KEPT and wanted(bytes(out[at + 16:end])):
            kept.append(bytes(out[at:end]))
            count += 1
        at = end
    return b"".join(kept), count, total

def told(capture):
    said = capture.said.decode(errors="replace")
    data, count, total = kept_of(capture.out)
    dropped = re.search(r"(\d+) packets? dropped by kernel", said)
    trouble = None if b"listening on" in capture.said else (said.strip().split("\n")[-1] or "tcpdump said nothing")
    return {"pcap": base64.b64encode(zlib.compress(data)).decode(), "links": capture.links, "kept": count, "all": total, "dropped": int(dropped.group(1)) if dropped else 0, "cut": count >= MOST_KEPT or len(capture.out) >= MOST_BYTES, "trouble": trouble}

def checksum(data):
    total = sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def ask(question):
    """One packet, or for TCP one connection; what is made in a namespace stays in it."""
    family, address = FAMILY[question["family"]], (question["address"], question["port"])
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(path_of(task["spaces"][question["space"]]), os.O_RDONLY)
    if libc.setns(there, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns: " + os.strerror(ctypes.get_errno()))
    try:
        kind = {"icmp": socket.SOCK_RAW, "tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[question["protocol"]]
        number = (socket.IPPROTO_ICMP if question["family"] == 4 else socket.IPPROTO_ICMPV6) if question["protocol"] == "icmp" else 0
        sock = socket.socket(family, kind, number)
    finally:
        libc.setns(home, 0x40000000)
    sock.setblocking(False)
    return {"icmp": echo, "tcp": connection, "udp": datagram}[question["protocol"]](question, sock, address)

def heard(sock, matches):
    """Waits for an answer without leaving the captures alone."""
    until = time.monotonic() + task["wait"]
    found = []
    def look():
        try:
            while not found:
                data = sock.recv(65535)
                if matches(data):
                    found.append(data)
        except BlockingIOError:
            pass
        return bool(found)
    pump(until, look)
    return bool(found)

def echo(question, sock, address):
    asks, answers = (8, 0) if question["family"] == 4 else (128, 129)
    body = MARK + b"\0" * max(0, question["bytes"] - len(MARK))
    rest = struct.pack("!HH", question["ownPort"], 1) + body
    total = checksum(struct.pack("!BBH", asks, 0, 0) + rest) if question["family"] == 4 else 0
    sock.sendto(struct.pack("!BBH", asks, 0, total) + rest, (question["address"], 0))
    def ours(data):
        start = (data[0] & 15) * 4 if question["family"] == 4 else 0
        return data[start:start + 1] == bytes([answers]) and MARK in data
    return {"answered": heard(sock, ours)}

def datagram(question, sock, address):
    sock.bind(("::" if question["family"] == 6 else "0.0.0.0", question["ownPort"]))
    sock.connect(address)
    body = MARK
    if question["port"] == 53:
        body = b"\x1a\x9e\1\0\0\1\0\0\0\0\0\0" + bytes([len(MARK)]) + MARK + b"\7invalid\0\0\1\0\1"
    sock.send(body)
    return {"answered": heard(sock, lambda data: True)}

def connection(question, sock, address):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # It ends with a reset: no half of it is left on either machine.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.bind(("::" if question["family"] == 6 else "0.0.0.0", question["ownPort"]))
    try:
        sock.connect(address)
    except BlockingIOError:
        pass
    def decided():
        return bool(select.select([], [sock], [], 0)[1])
    pump(time.monotonic() + task["wait"], decided)
    if not decided():
        return {"answered": False, "why": "no answer"}
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        return {"answered": False, "why": os.strerror(number)}
    try:
        sock.send(b"GET /%s HTTP/1.0\r\n\r\n" % MARK)
        closed = not heard(sock, lambda data: True)
    except OSError as error:
        return {"answered": True, "why": os.strerror(error.errno)}
    finally:
        sock.close()
    return {"answered": True, "silent": closed}

def word(limit):
    """The next word that is said, and whom to answer; captures go on meanwhile."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        try:
            peer, _ = control.accept()
        except BlockingIOError:
            pump(min(until, time.monotonic() + 0.05), lambda: False)
            continue
        peer.settimeout(5)
        return peer.recv(16).decode(), peer
    sys.exit("nobody said how to go on")

control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
control.bind("\0labgen-matrix-" + task["nonce"] + "-" + task["machine"])
control.listen(5)
control.setblocking(False)
captures = []
for where in task["spaces"]:
    captures.append(Capture(where))
pump(time.monotonic() + 30, lambda: all(capture.ready() for capture in captures))
for capture in captures:
    capture.links = links_of(capture.where)
print("ready", flush=True)
while True:
    said, peer = word(task["limit"])
    if said == "end":
        peer.close()
        break
    answer = {"answered": False, "why": "nothing was to be asked here"}
    if task["ask"]:
        try:
            answer = ask(task["ask"])
        except OSError as error:
            answer = {"answered": False, "why": os.strerror(error.errno) if error.errno else str(error)}
    peer.sendall(json.dumps(answer).encode())
    peer.close()
# What is still on its way from the kernel to tcpdump.
pump(time.monotonic() + 0.3, lambda: False)
for capture in captures:
    if not capture.over():
        capture.process.send_signal(signal.SIGTERM)
pump(time.monotonic() + 5, lambda: all(capture.over() for capture in captures))
print(json.dumps({"spaces": [told(capture) for capture in captures]}))
