# Says a word to an agent of a machine and prints what it answers, when it does. Arguments: nonce, machine, word.
import socket, sys
agent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
agent.connect("\0labgen-matrix-" + sys.argv[1] + "-" + sys.argv[2])
agent.sendall(sys.argv[3].encode())
while True:
    text = agent.recv(65536)
    if not text:
        break
    sys.stdout.write(text.decode())
