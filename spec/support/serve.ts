/** The servers of a world: one process, with sockets in all its namespaces. Ends with its standard input. */
export const SERVE = String.raw`
import ctypes, json, os, select, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
loop, handlers, spaces = select.epoll(), {}, {}

def enter(space):
    if space not in spaces:
        spaces[space] = os.open("/run/netns/" + space, os.O_RDONLY)
    if libc.setns(spaces[space], 0x40000000) != 0:
        sys.exit("setns " + space)

def on(sock, handler):
    handlers[sock.fileno()] = sock, handler
    loop.register(sock.fileno(), select.EPOLLIN)

def off(sock):
    if sock.fileno() >= 0:
        loop.unregister(sock.fileno())
        del handlers[sock.fileno()]
        sock.close()

def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET

def behind(each, kind):
    """A proxy's own connection."""
    enter(each["space"])
    to = each["forwardsTo"]
    sock = socket.socket(family_of(to["address"]), kind)
    # Whoever is there is on this machine.
    sock.settimeout(0.05)
    try:
        sock.connect((to["address"], to["port"]))
    except OSError:
        sock.close()
        return None
    return sock

def relay(one, other):
    try:
        data = one.recv(65535)
        if data:
            other.sendall(data)
            return
    except OSError:
        pass
    off(one)
    off(other)

def accept(sock, each):
    try:
        peer, _ = sock.accept()
    except OSError:
        return
    if "forwardsTo" in each:
        far = behind(each, socket.SOCK_STREAM)
        if far is None:
            peer.close()
            return
        on(peer, lambda: relay(peer, far))
        on(far, lambda: relay(far, peer))
    else:
        # It speaks first: a client need not wait to see whether it stays.
        on(peer, lambda: hear(peer))
        peer.sendall(b"heard")

def hear(peer):
    try:
        if peer.recv(65535):
            return
    except OSError:
        pass
    off(peer)

def datagram(sock, each):
    """It answers from the address it was asked at, as a server on every address has to."""
    try:
        data, extra, _, peer = sock.recvmsg(65535, 256)
        if "forwardsTo" in each:
            far = behind(each, socket.SOCK_DGRAM)
            if far:
                far.send(data)
                on(far, lambda: back(far, sock, extra, peer))
            return
        # As echo servers do; not so long that the way back would matter.
        send_from(sock, data[:64], extra, peer)
    except OSError:
        pass

def back(far, sock, extra, peer):
    try:
        send_from(sock, far.recv(65535), extra, peer)
    except OSError:
        pass
    off(far)

def send_from(sock, data, extra, peer):
    told = []
    for level, kind, value in extra:
        if level == socket.IPPROTO_IP:
            # struct in_pktinfo {int ifindex; in_addr spec_dst; in_addr addr}: whichever way, from that address.
            told.append((level, kind, b"\0\0\0\0" + value[4:8] + b"\0\0\0\0"))
        elif level == socket.IPPROTO_IPV6:
            told.append((level, kind, value[:16] + b"\0\0\0\0"))
    sock.sendmsg([data], told, 0, peer)

def listen(each):
    enter(each["space"])
    for address in [each["address"]] if "address" in each else ["0.0.0.0", "::"]:
        family, tcp = family_of(address), each["protocol"] == "tcp"
        sock = socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if not tcp:
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO
        sock.bind((address, each["port"]))
        if tcp:
            sock.listen(1000)
        sock.setblocking(False)
        on(sock, lambda sock=sock: (accept if tcp else datagram)(sock, each))

for each in json.loads(sys.argv[1]):
    listen(each)
print("ready", flush=True)
loop.register(0, select.EPOLLIN | select.EPOLLHUP)
while True:
    for fd, event in loop.poll():
        if fd == 0:
            os._exit(0)
        if fd in handlers:
            handlers[fd][1]()
`;
