"""An upstream that answers by the path: /KIND/SIZE gives the first SIZE bytes of CONTENT.

length, chunked, close   by that framing
slow, pauses             in pieces with rests between them
huge                     60 MB, CONTENT again and again
echo                     the request's body, backwards
dies                     half of what it announced, then the end
"""
import random
import socket
import threading
import time

CONTENT = random.Random(7).randbytes(3_000_000)


def take_request(peer, kept):
    """The request's first line and its body; what came behind it stays in `kept`."""
    data = kept[0]
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more:
            return None, None
        data += more
    head, data = data.split(b"\r\n\r\n", 1)
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    size = int(fields.get(b"content-length", 0))
    chunked = b"transfer-encoding" in fields
    data = bytearray(data)
    while len(data) < size or (chunked and not data.endswith(b"0\r\n\r\n")):
        data += peer.recv(65536)
    data = bytes(data)
    if chunked:
        pieces, at = [], 0
        while length := int(data[at:(end := data.index(b"\r\n", at))], 16):
            pieces.append(data[end + 2:end + 2 + length])
            at = end + 2 + length + 2
        body = b"".join(pieces)
        kept[0] = b""
        return head.split(b" ")[1].decode(), body
    kept[0] = data[size:]
    return head.split(b" ")[1].decode(), data[:size]


def answer(peer, kept):
    while True:
        path, body = take_request(peer, kept)
        if path is None:
            return peer.close()
        kind, size = path.strip("/").split("/")
        content = body[::-1] if kind == "echo" else CONTENT[:int(size)]
        if kind in ("length", "echo"):
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
        elif kind == "slow":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
            for at in range(0, len(content), 50_000):
                peer.sendall(content[at:at + 50_000])
                time.sleep(0.01)
        elif kind == "chunked":
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for at in range(0, len(content), 9_999):
                piece = content[at:at + 9_999]
                peer.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
            peer.sendall(b"0\r\n\r\n")
        elif kind == "pauses":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content[:20_000])
            time.sleep(1.5)
            peer.sendall(content[20_000:])
        elif kind == "dies":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (2 * len(content) + 2) + content)
            return peer.close()
        elif kind == "huge":
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n")
            for _ in range(20):
                peer.sendall(content)
        elif kind == "close":
            peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + content)
            return peer.close()


def answer_quietly(peer):
    try:
        answer(peer, [b""])
    except OSError:
        pass  # the gateway closed: its client had left


def origin():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=answer_quietly, args=(peer,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]
