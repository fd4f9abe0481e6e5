# What measures on a machine: run as root once a machine, it asks from and watches in any number of its network
# namespaces. Sockets stay in the namespace they were made in, so one process is in all of them.
#
# Standard input: {nonce: 16 hex digits, wait: seconds, spaces: [{} | {pid} | {name}], questions: [{id, space, protocol,
# family, address, port, ports: [its own TCP source port for each attempt], bytes: the size thought to be the largest,
# sized: whether the largest is looked for}]}.
# It prints "ready" when it watches; then say.py tells it "go", which answers with {id: {reached, maxBytes, why}} when
# everything was asked, and "end", after which it prints {seen: [[id, space, source, destination] in the order of time],
# broken: {space: why}}.
import ctypes, errno, json, os, resource, select, socket, struct, sys, time

task = json.load(sys.stdin)
NONCE = bytes.fromhex(task["nonce"])
WAIT = task["wait"]
# A server that hangs up at once, without a word, is a proxy with nobody behind it.
GRACE = min(0.3, WAIT / 2)
ICMP = {4: (8, 0, socket.IPPROTO_ICMP), 6: (128, 129, socket.IPPROTO_ICMPV6)}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
HEADER = {"icmp": 8, "udp": 8, "tcp": 20}
libc = ctypes.CDLL(None, use_errno=True)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
loop, handlers = select.epoll(), {}
seen, broken, probes, serial = {}, {}, {}, 0
# Where this machine's datagrams are answered: a server may send back what it was told.
answered_at = set()

def on(sock, events, handler):
    handlers[sock.fileno()] = handler
    loop.register(sock.fileno(), events)

def off(sock):
    if sock.fileno() in handlers:
        loop.unregister(sock.fileno())
        del handlers[sock.fileno()]
    sock.close()

def pump(until, finished):
    while not finished():
        left = until - time.monotonic()
        if left <= 0:
            return
        for fd, event in loop.poll(min(left, 0.05)):
            if fd in handlers:
                handlers[fd](event)

home = os.open("/proc/self/ns/net", os.O_RDONLY)
def enter(fd):
    if libc.setns(fd, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns: " + os.strerror(ctypes.get_errno()))

def unfragmented(sock, family):
    # PROBE (3): never in fragments, and whatever this machine has learnt of the way.
    if family == 4:
        sock.setsockopt(socket.IPPROTO_IP, 10, 3)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, 23, 3)
        sock.setsockopt(socket.IPPROTO_IPV6, 62, 1)

def open_space(index, where):
    path = "/proc/%d/ns/net" % where["pid"] if "pid" in where else "/run/netns/" + where["name"] if "name" in where else "/proc/self/ns/net"
    fd = os.open(path, os.O_RDONLY)
    enter(fd)
    raw = {}
    for family in (4, 6):
        for protocol, number in (("icmp", ICMP[family][2]), ("tcp", 6), ("udp", 17)):
            try:
                sock = socket.socket(FAMILY[family], socket.SOCK_RAW, number)
            except OSError as error:
                if error.errno == errno.EAFNOSUPPORT:
                    continue
                raise
            sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE
            sock.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
            unfragmented(sock, family)
            if family == 6:
                sock.setsockopt(socket.IPPROTO_IPV6, 49, 1)  # IPV6_RECVPKTINFO
            sock.setblocking(False)
            on(sock, select.EPOLLIN, lambda event, sock=sock, family=family, protocol=protocol: watch(index, sock, family, protocol))
            raw[family, protocol] = sock
    return {"fd": fd, "raw": raw}

def note(index, question, *how):
    seen.setdefault((question, index), how)

def told_of(packet, extra, family):
    """When a packet came, and to which address."""
    at, to = (0, 0), socket.inet_ntop(socket.AF_INET, packet[16:20]) if family == 4 else ""
    for level, kind, value in extra:
        if level == socket.SOL_SOCKET:
            at = struct.unpack("qq", value[:16])
        elif level == socket.IPPROTO_IPV6:
            to = socket.inet_ntop(socket.AF_INET6, value[:16])
    return at, to

def marked(data, at=0, name_at=13):
    """Where it has to be: a tunnel's outer packet has it as well, further behind."""
    if data[at:at + 8] == NONCE and len(data) >= at + 16:
        return struct.unpack("!II", data[at + 8:at + 16])
    # In a question to a name server it is a name, in one to a web server a path.
    if data[name_at:name_at + 16] != NONCE.hex().encode():
        return None
    try:
        return struct.unpack("!II", bytes.fromhex(data[name_at + 16:name_at + 32].decode()))
    except (ValueError, struct.error):
        return None

def watch(index, sock, family, protocol):
    for _ in range(100):
        try:
            packet, extra, _, peer = sock.recvmsg(65535, 256)
        except BlockingIOError:
            return
        at, to = told_of(packet, extra, family)
        # A raw socket of IPv6 gives no IP header.
        data = packet[(packet[0] & 15) * 4:] if family == 4 else packet
        if len(data) < HEADER[protocol]:
            continue
        source = peer[0].split("%")[0]
        if protocol == "tcp":
            came, went, flags = struct.unpack("!HH9xB", data[:14])
            if flags & 0x12 == 0x02 and came in SOURCES:
                note(index, SOURCES[came], source, at, to)
            elif flags & 0x12 == 0x12 and (index, went) in probes:
                heard(probes[index, went], index, source)
            mark = marked(data[(data[12] >> 4) * 4:], 0, 5)
            if mark:
                note(index, mark[0], source, at, to)
            continue
        if protocol == "udp" and (index, struct.unpack("!H", data[2:4])[0]) in answered_at:
            continue
        mark = marked(data[8:])
        if mark and (protocol == "udp" or data[0] == ICMP[family][0]):
            note(index, mark[0], source, at, to)
        elif mark and data[0] == ICMP[family][1] and mark[1] in probes:
            heard(probes[mark[1]], index, source)

def heard(probe, index, source):
    """An answer from somebody else, or to somebody else, is none."""
    question = probe["question"]
    family = FAMILY[question["family"]]
    if index == question["space"] and socket.inet_pton(family, source) == socket.inet_pton(family, question["address"]):
        probe["answered"] = True

def checksum(data):
    total = sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def payload(question, size, number):
    mark = NONCE + struct.pack("!II", question["id"], number)
    if question["protocol"] == "udp" and question["port"] == 53:
        mark = mark[8:10] + b"\1\0\0\1\0\0\0\0\0\0\x20" + mark.hex().encode() + b"\7invalid\0\0\1\0\1"
    return mark + b"\0" * (size - headers(question) - len(mark))

def headers(question):
    return (20 if question["family"] == 4 else 40) + HEADER[question["protocol"]]

def begin(question, size, attempt):
    """One packet, or for TCP without a size a connection. Its namespace has to be entered."""
    global serial
    serial += 1
    probe = {"question": question, "size": size, "answered": False, "settled": False, "refused": False, "key": serial, "sock": None, "at": None}
    try:
        {"icmp": echo, "udp": datagram, "tcp": connection if size == 0 else syn}[question["protocol"]](probe, attempt)
    except OSError as error:
        fail(probe, error.errno)
    return probe

def fail(probe, number):
    probe["settled"], probe["refused"] = True, number == errno.ECONNREFUSED
    probe["question"]["why"] = os.strerror(number)

def echo(probe, attempt):
    question, number = probe["question"], probe["key"]
    probes[number] = probe
    head = (ICMP[question["family"]][0], 0)
    # Another identifier for each: what a packet filter remembers of one does not help the next.
    rest = struct.pack("!HH", number & 0xFFFF, number >> 16) + payload(question, probe["size"], number)
    total = checksum(struct.pack("!BBH", *head, 0) + rest) if question["family"] == 4 else 0
    raw_send(question, struct.pack("!BBH", *head, total) + rest)

def raw_send(question, data):
    raw = spaces[question["space"]]["raw"]
    key = question["family"], question["protocol"]
    if key not in raw:
        raise OSError(errno.EAFNOSUPPORT, "")
    raw[key].sendto(data, (question["address"], 0))

def datagram(probe, attempt):
    question = probe["question"]
    sock = probe["sock"] = socket.socket(FAMILY[question["family"]], socket.SOCK_DGRAM)
    sock.setblocking(False)
    unfragmented(sock, question["family"])
    sock.connect((question["address"], question["port"]))
    answered_at.add((question["space"], sock.getsockname()[1]))
    on(sock, select.EPOLLIN, lambda event: reply(probe))
    sock.send(payload(question, probe["size"], probe["key"]))

def reply(probe):
    try:
        probe["sock"].recv(65535)
        probe["answered"] = True
    except BlockingIOError:
        return
    except OSError as error:
        fail(probe, error.errno)

def connection(probe, attempt):
    question = probe["question"]
    sock = probe["sock"] = socket.socket(FAMILY[question["family"]], socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # It ends with a reset: no half of it is left on either machine.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.bind(("::" if question["family"] == 6 else "0.0.0.0", question["ports"][attempt]))
    on(sock, select.EPOLLOUT, lambda event: connected(probe))
    try:
        sock.connect((question["address"], question["port"]))
    except BlockingIOError:
        pass

def connected(probe):
    sock = probe["sock"]
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        return fail(probe, number)
    if probe["at"] is None:
        probe["at"] = time.monotonic()
        probe["question"]["source"] = sock.getsockname()[0]
        loop.modify(sock.fileno(), select.EPOLLIN)
        return
    try:
        if sock.recv(1) == b"":
            probe["question"]["why"] = "closed at once"
            probe["settled"] = True
        elif not probe["answered"]:
            introduce(probe)
    except BlockingIOError:
        return
    except OSError as error:
        fail(probe, error.errno)

def introduce(probe):
    """What passes a proxy is another connection: whoever is behind it knows it by this."""
    probe["answered"] = probe["told"] = True
    try:
        probe["sock"].send(b"GET /%s HTTP/1.0\r\n\r\n" % payload(probe["question"], 0, probe["key"]).hex().encode())
    except OSError:
        pass

def syn(probe, attempt):
    """The first packet of a connection, made long by a payload: a listener answers it, and takes no notice of that."""
    question = probe["question"]
    port = 33000 + probe["key"] % 27000
    probe["key"] = question["space"], port
    probes[probe["key"]] = probe
    head = struct.pack("!HHIIBB", port, question["port"], probe["size"] << 8, 0, 0x50, 0x02) + b"\xff\xff"
    rest = struct.pack("!HH", 0, 0) + b"\0" * (probe["size"] - headers(question))
    family = FAMILY[question["family"]]
    pseudo = socket.inet_pton(family, question["source"]) + socket.inet_pton(family, question["address"]) + struct.pack("!II", 6, len(head) + len(rest))
    raw_send(question, head + struct.pack("!H", checksum(pseudo + head + rest)) + rest[2:])

def over(probe):
    if probe["at"] is not None and not probe["settled"] and not probe["answered"] and time.monotonic() - probe["at"] > GRACE:
        introduce(probe)
    return probe["answered"] or probe["settled"]

def round_of(wanted, attempt):
    """All (question, size) at once; returns each with whether it was answered."""
    begun = []
    for count, (question, size) in enumerate(sorted(wanted, key=lambda each: each[0]["space"])):
        enter(spaces[question["space"]]["fd"])
        begun.append(begin(question, size, attempt))
        if count % 100 == 99:
            pump(time.monotonic() + 0.01, lambda: False)
    enter(home)
    pump(time.monotonic() + WAIT, lambda: all([over(probe) for probe in begun]))
    if any(probe.get("told") for probe in begun):
        pump(time.monotonic() + 0.05, lambda: False)
    # One that is connected late has still been connected.
    for probe in begun:
        if probe["at"] is not None and not probe["settled"]:
            probe["answered"] = True
        if probe["sock"] is not None:
            off(probe["sock"])
        probes.pop(probe["key"], None)
    return begun

def ask(questions):
    open_ones = questions
    for attempt in (0, 1):
        for probe in round_of([(question, 0) for question in open_ones], attempt):
            probe["question"]["reached"] = probe["answered"]
            probe["question"]["final"] = probe["answered"] or probe["refused"]
        open_ones = [question for question in open_ones if not question["final"]]

def candidates(question, first):
    low, high = question["low"], question["high"]
    if first and low < question.get("bytes", 0) < 65535:
        return [question["bytes"], question["bytes"] + 1]
    step = max(1, (high - low) // 17)
    return sorted(set(size for size in range(low + step, high, step)))[:17] or [low + 1]

def measure(questions):
    for question in questions:
        question["least"] = question["low"] = headers(question) + len(payload(question, 0, 0))
        question["high"] = 65536
    first = True
    while True:
        wanted = [(question, size) for question in questions if question["high"] - question["low"] > 1 for size in candidates(question, first)]
        if not wanted:
            return
        passed, again = set(), wanted
        for attempt in (0, 1):
            begun = round_of(again, attempt)
            passed.update((probe["question"]["id"], probe["size"]) for probe in begun if probe["answered"])
            # What this machine itself calls too long is not asked again.
            again = [(probe["question"], probe["size"]) for probe in begun if not probe["answered"] and not probe["settled"]]
            if first:
                # As expected: the size passes, and one more does not.
                again = [(question, size) for question, size in again if size - 1 != question.get("bytes") or (question["id"], size - 1) not in passed]
        for question, size in wanted:
            if (question["id"], size) in passed:
                question["low"] = max(question["low"], size)
        for question, size in wanted:
            if (question["id"], size) not in passed and size > question["low"]:
                question["high"] = min(question["high"], size)
        first = False

def told(control):
    """What say.py says next; its socket, too."""
    peer, _ = control.accept()
    peer.settimeout(5)
    return peer.recv(16).decode(), peer

def wait_for(control, word, limit):
    calls = []
    on(control, select.EPOLLIN, lambda event: calls.append(told(control)))
    pump(time.monotonic() + limit, lambda: any(said == word for said, peer in calls))
    loop.unregister(control.fileno())
    del handlers[control.fileno()]
    for said, peer in calls:
        if said == word:
            return peer
    sys.exit("nobody said " + word)

control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
control.bind("\0labgen-matrix-" + task["nonce"] + "-" + task["machine"])
control.listen(5)
SOURCES = {}
for number, port in task["sources"]:
    SOURCES[port] = number
spaces = []
for index, where in enumerate(task["spaces"]):
    try:
        spaces.append(open_space(index, where))
    except OSError as error:
        spaces.append(None)
        broken[index] = str(error)
    enter(home)
print("ready", flush=True)
peer = wait_for(control, "go", 60)
asked = [question for question in task["questions"] if spaces[question["space"]] is not None]
ask(asked)
measure([question for question in asked if question["reached"] and question["sized"]])
answers = {}
for question in asked:
    largest = question.get("low", 0)
    answers[question["id"]] = {"reached": question["reached"], "why": question.get("why", ""), "maxBytes": largest if largest > question.get("least", largest) else None}
peer.sendall(json.dumps(answers).encode())
peer.close()
wait_for(control, "end", 60).close()
print(json.dumps({"seen": [[question, index, source, to] for (question, index), (source, at, to) in sorted(seen.items(), key=lambda each: each[1][1])], "broken": broken}))
