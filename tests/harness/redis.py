"""Servers of Redis on free ports: alone, with TLS, behind a sentinel, or three as a cluster."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

PASSWORD = "sesame-of-the-test"


def free_port():
    """Below 50000: a cluster's bus listens 10000 above."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        if port < 50000:
            return port
        for port in range(20000 + os.getpid() % 10000, 50000, 7):
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 10000)):
                return port


RIGHTS = "+auth +select +role +script|load +evalsha +eval +cluster|slots +time +get +set +zadd +zremrangebyscore +zcard +zscore +zrangebyscore +zrem +expire ~sallyport:*"


class Redis:
    def __init__(self, folder, *more):
        self.port = free_port()
        self.folder = pathlib.Path(folder, f"redis-{self.port}")
        self.more = more
        self.start()

    def start(self):
        self.folder.mkdir(exist_ok=True)
        config = self.folder / "redis.conf"  # the password does not stand in argv
        config.write_text(f"port {self.port}\nbind 127.0.0.1\nsave ''\nappendonly no\ndir {self.folder}\nrequirepass {PASSWORD}\nmasterauth {PASSWORD}\n" + "\n".join(self.more) + "\n")
        self.process = subprocess.Popen(["redis-server", str(config)], stdout=subprocess.DEVNULL)
        for _ in range(1000):
            with contextlib.suppress(OSError):
                if "PONG" in self.ask("PING"):
                    return
            time.sleep(0.01)
        raise SystemExit("redis-server does not start")

    def ask(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as peer:
            for command in (("AUTH", PASSWORD), words):
                peer.sendall(b"*%d\r\n" % len(command) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in command))
                answer = peer.recv(1 << 20).decode()
            return answer

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()


def until(what, seconds=10):
    """How long it took until `what()` held, or None."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if what():
            return time.monotonic() - start
        time.sleep(0.02)
    return None


@contextlib.contextmanager
def redis(folder):
    server = Redis(folder)
    try:
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def redis_with_tls(folder, certificate, key):
    """TLS on the second port; the user `gate` may do what the documents say."""
    port = free_port()
    server = Redis(folder, f"tls-port {port}", f"tls-cert-file {certificate}", f"tls-key-file {key}", f"tls-ca-cert-file {certificate}",
                   "tls-auth-clients no", f"user gate on >{PASSWORD} {RIGHTS}")
    try:
        yield port
    finally:
        server.kill()


@contextlib.contextmanager
def sentinel(folder):
    """The sentinel's port and the master; a replica stands by."""
    master = Redis(folder)
    replica = Redis(folder, f"replicaof 127.0.0.1 {master.port}")
    port = free_port()
    config = pathlib.Path(folder, "sentinel.conf")
    config.write_text(f"port {port}\nbind 127.0.0.1\ndir {folder}\nsentinel monitor main 127.0.0.1 {master.port} 1\nsentinel auth-pass main {PASSWORD}\n"
                      "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 3000\n")
    watch = subprocess.Popen(["redis-server", str(config), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        if until(lambda: "master_link_status:up" in replica.ask("INFO", "replication")) is None:
            raise SystemExit("the replica does not follow")
        time.sleep(1)  # the sentinel asks the master for its replicas
        yield port, master
    finally:
        for process in (watch, master.process, replica.process):
            process.kill()
            process.wait()


@contextlib.contextmanager
def cluster(folder):
    nodes = [Redis(folder, "cluster-enabled yes", "cluster-node-timeout 1000") for _ in range(3)]
    try:
        made = subprocess.run(["redis-cli", "--cluster", "create", *(f"127.0.0.1:{node.port}" for node in nodes), "--cluster-yes"],
                              capture_output=True, text=True, env={**os.environ, "REDISCLI_AUTH": PASSWORD})
        if made.returncode != 0 or until(lambda: all("cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes)) is None:
            raise SystemExit("no cluster: " + made.stdout + made.stderr)
        yield nodes
    finally:
        for node in nodes:
            node.kill()
