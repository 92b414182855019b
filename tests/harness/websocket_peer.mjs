// A WebSocket server made with `ws`, and a client of the same that plays with it: `server`, or `client PORT TLS_PORT CA`.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { once } from "node:events";

const { WebSocket, WebSocketServer } = createRequire(process.env.CLIENTS + "/package.json")("ws");

function serve() {
  const http = createServer((_, answer) => answer.end("plain"));
  http.keepAliveTimeout = 300_000;  // a connection that ends just when a POST goes out on it is not what is tested
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 64 << 20,
    perMessageDeflate: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  http.on("upgrade", (request, socket, head) => {
    if (request.url.startsWith("/live/refused")) return socket.end("HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nfull");
    server.handleUpgrade(request, socket, head, (peer) => {
      peer.on("message", (data, isBinary) => {
        const text = isBinary ? "" : data.toString();
        if (text.startsWith("close ")) return peer.close(Number(text.split(" ")[1]), text.split(" ").slice(2).join(" "));
        if (text === "ping me") return peer.ping("from the server");
        if (text === "heads") return peer.send(JSON.stringify(request.headers));
        peer.send(data, { binary: isBinary });
      });
      peer.on("pong", (data) => peer.send(`pong ${data}`));
      peer.on("error", () => {});
      peer.on("close", (code, reason) => console.log(`closed ${code} ${reason}`));
    });
  });
  http.listen(0, "127.0.0.1", () => console.log(`ready ${http.address().port}`));
}

let passed = 0, failed = 0;
function check(what, good, seen) {
  good ? ++passed : ++failed;
  console.log((good ? "ok    " : "FAIL  ") + what + (good ? "" : `: ${String(seen)}`));
}

async function play(port, tlsPort, ca) {
  const connect = async (path = "/live", protocols = [], options = {}, url = `ws://127.0.0.1:${port}`) => {
    const socket = new WebSocket(url + path, protocols, options);
    await once(socket, "open");
    return socket;
  };
  const refused = (path, options = {}) => new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [], options);
    socket.on("unexpected-response", (_, answer) => { resolve(answer.statusCode); socket.terminate(); });
    socket.on("open", () => { resolve(101); socket.terminate(); });
    socket.on("error", () => {});
  });
  const ask = async (socket, data) => {
    socket.send(data);
    const [answer, isBinary] = await once(socket, "message");
    return isBinary ? answer : answer.toString();
  };
  const ended = async (socket) => {
    const [code, reason] = await once(socket, "close");
    return `${code} ${reason}`;
  };

  let socket = await connect();
  check("a text comes back", await ask(socket, "grüße, 世界 😀") === "grüße, 世界 😀");
  check("bytes come back as bytes", Buffer.from([0, 255, 128]).equals(await ask(socket, Buffer.from([0, 255, 128]))));
  for (const size of [0, 1, 125, 126, 127, 65535, 65536, 70000, 900000]) {
    const sent = "ä".repeat(size / 2) + (size % 2 ? "x" : "");
    check(`a text of ${size} bytes`, await ask(socket, sent) === sent);
    const bytes = Buffer.alloc(size, 0xfe);
    check(`${size} bytes`, bytes.equals(Buffer.from(await ask(socket, bytes))));
  }
  check("no extension was agreed on", socket.extensions === "", socket.extensions);
  socket.send("in ", { fin: false });
  socket.send("three ", { fin: false });
  socket.send("parts");
  check("fragments", (await once(socket, "message"))[0].toString() === "in three parts");
  socket.ping("hello");
  check("a ping is answered by the API", (await once(socket, "pong"))[0].toString() === "hello");
  check("and one of the API by the client", await ask(socket, "ping me") === "pong from the server");
  const heads = JSON.parse(await ask(socket, "heads"));
  check("the API is offered no extension", !("sec-websocket-extensions" in heads), JSON.stringify(heads));
  check("it hears who called", heads["x-forwarded-for"] === "127.0.0.1" && heads["x-request-id"].length === 36, JSON.stringify(heads));
  let end = ended(socket);
  socket.close(4000, "enough");
  check("a close of the client is answered", await end === "4000 enough", await end);

  socket = await connect();
  end = ended(socket);
  socket.send("close 4001 why not");
  check("a close of the API arrives", await end === "4001 why not", await end);
  socket = await connect("/chat", ["chat.v9", "chat.v2", "chat.v1"]);
  check("the subprotocol is one that is named", socket.protocol === "chat.v2", socket.protocol);
  socket.terminate();

  socket = await connect();
  end = ended(socket);
  socket.send("x".repeat((1 << 20) + 1));
  check("too long a message ends it with 1009", (await end).startsWith("1009"), await end);

  socket = await connect("/live", [], { ca: readFileSync(ca) }, `wss://localhost:${tlsPort}`);
  const large = "y".repeat(1 << 20);
  check("over TLS", await ask(socket, large) === large);
  end = ended(socket);
  socket.close(1000);
  await end;

  const many = await Promise.all([...Array(100).keys()].map(async (i) => {
    const one = await connect();
    for (let k = 0; k < 20; ++k) if (await ask(one, `${i} ${k}`) !== `${i} ${k}`) return false;
    const last = ended(one);
    one.close(1000);
    return await last === "1000 ";
  }));
  check("100 at a time, 20 messages each", many.every(Boolean), many);

  // The server echoes while the client does not read: everybody has to wait, and nothing may be lost.
  socket = await connect();
  socket.pause();
  for (let i = 0; i < 40; ++i) socket.send(Buffer.alloc(500000, i));
  await new Promise((resolve) => setImmediate(resolve));
  let good = 0;
  const all = new Promise((resolve) => socket.on("message", (data) => {
    if (data.length === 500000 && data[0] === good && data[499999] === good) ++good;
    if (good === 40) resolve();
  }));
  socket.resume();
  await all;
  check("20 MB there and back, with a reader that rests", good === 40, good);
  socket.terminate();

  check("what the API answers instead goes on", await refused("/live/refused") === 409);
  check("a page of another origin is refused", await refused("/live", { origin: "https://evil.test" }) === 403);
  check("one that is named is not", await refused("/live", { origin: "https://app.example.com" }) === 101);
  check("nor one of the API's own origin", await refused("/live", { origin: `http://127.0.0.1:${port}` }) === 101);
  check("where none is declared nothing is upgraded", await refused("/elsewhere") === 200);
  check("a control that refuses the call refuses the WebSocket", await refused("/live/shut") === 403);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

process.argv[2] === "server" ? serve() : play(...process.argv.slice(3));
