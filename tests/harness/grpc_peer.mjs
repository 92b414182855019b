// A gRPC server, and a client that plays through every kind of call: `server`, or `client PORT CA PLAIN_PORT`.
// Messages are bytes: no schema is needed.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const grpc = createRequire(process.env.CLIENTS + "/package.json")("@grpc/grpc-js");
const bytes = (value) => value;
const method = (name, requestStream, responseStream) => ({
  path: `/shop.v1.Orders/${name}`, requestStream, responseStream,
  requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes,
});
const service = {
  Echo: method("Echo", false, false),
  Fail: method("Fail", false, false),
  Wait: method("Wait", false, false),
  Forbidden: method("Forbidden", false, false),
  Count: method("Count", false, true),
  Sum: method("Sum", true, false),
  Chat: method("Chat", true, true),
};

function serve() {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 16 << 20 });
  server.addService(service, {
    Echo: (call, done) => {
      const trailer = new grpc.Metadata();
      trailer.set("x-trailer", "behind");
      trailer.set("x-seen", call.metadata.get("x-sent").join());
      trailer.set("x-deadline", String(call.getDeadline() instanceof Date || Number.isFinite(call.getDeadline())));
      done(null, call.request, trailer);
    },
    Fail: (call, done) => done({ code: grpc.status.NOT_FOUND, details: "no such order: 7 \u00fc" }),
    Wait: (call) => call.on("cancelled", () => console.log("cancelled")),
    Forbidden: (call, done) => done(null, call.request),
    Count: (call) => {
      for (let i = 0; i < Number(call.request.toString()); ++i) call.write(Buffer.alloc(1000, i % 256));
      call.end();
    },
    Sum: (call, done) => {
      let size = 0;
      call.on("data", (piece) => { size += piece.length; });
      call.on("end", () => done(null, Buffer.from(String(size))));
    },
    Chat: (call) => {
      call.on("data", (piece) => call.write(Buffer.concat([Buffer.from("re: "), piece])));
      call.on("end", () => call.end());
    },
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => console.log(`ready ${port}`));
}

let passed = 0, failed = 0;
function check(what, good, seen) {
  good ? ++passed : ++failed;
  console.log((good ? "ok    " : "FAIL  ") + what + (good ? "" : `: ${String(seen)}`));
}

async function play(port, ca, plainPort) {
  const Client = grpc.makeGenericClientConstructor(service, "Orders");
  const credentials = grpc.credentials.createSsl(readFileSync(ca));
  const client = new Client(`localhost:${port}`, credentials, { "grpc.max_receive_message_length": 16 << 20 });
  const connect = (name) => new Client(`127.0.0.1:${plainPort}`, grpc.credentials.createInsecure(), { "grpc.default_authority": name });
  const unary = (name, body, options = {}, to = client, metadata = new grpc.Metadata()) => new Promise((resolve) => {
    let trailer;
    const call = to[name](body, metadata, options, (error, answer) => setImmediate(() => resolve({ error, answer, trailer, code: error ? error.code : 0 })));
    call.on("status", (status) => { trailer = status.metadata; });
  });

  const sent = new grpc.Metadata();
  sent.set("x-sent", "before");
  let result = await unary("Echo", Buffer.from("hello"), { deadline: Date.now() + 5000 }, client, sent);
  check("unary", result.answer?.toString() === "hello", result.error);
  check("metadata there and trailers back", result.trailer?.get("x-trailer")[0] === "behind" && result.trailer.get("x-seen")[0] === "before", JSON.stringify(result.trailer));
  check("the deadline is carried on", result.trailer?.get("x-deadline")[0] === "true", JSON.stringify(result.trailer));
  result = await unary("Echo", Buffer.alloc(0));
  check("an empty message", result.answer?.length === 0, result.error);
  const large = Buffer.alloc(3 << 20, "x");
  result = await unary("Echo", large);
  check("3 MiB", result.answer?.equals(large), result.error);
  const many = await Promise.all([...Array(200).keys()].map((i) => unary("Echo", Buffer.from(`n${i}`))));
  check("200 at a time", many.every((one, i) => one.answer?.toString() === `n${i}`), many.find((one) => one.error)?.error);
  result = await unary("Fail", Buffer.from("7"));
  check("the server's error is passed on", result.code === grpc.status.NOT_FOUND && result.error.details === "no such order: 7 \u00fc", result.error);

  const pieces = await new Promise((resolve) => {
    const got = [];
    client.Count(Buffer.from("500")).on("data", (piece) => got.push(piece)).on("error", resolve).on("end", () => resolve(got));
  });
  check("server streaming", pieces.length === 500 && pieces.every((piece, i) => piece.length === 1000 && piece[0] === i % 256), pieces.length ?? pieces);
  const sum = await new Promise((resolve) => {
    const call = client.Sum((error, answer) => resolve(error ?? answer.toString()));
    for (let i = 0; i < 300; ++i) call.write(Buffer.alloc(2000));
    call.end();
  });
  check("client streaming", sum === "600000", sum);
  const chat = await new Promise((resolve) => {
    const heard = [];
    const call = client.Chat();
    call.on("error", resolve).on("end", () => resolve(heard.join()));
    call.on("data", (piece) => { heard.push(piece.toString()); heard.length < 5 ? call.write(Buffer.from(`m${heard.length}`)) : call.end(); });
    call.write(Buffer.from("m0"));
  });
  check("both ways, each waiting for the other", chat === "re: m0,re: m1,re: m2,re: m3,re: m4", chat);

  result = await unary("Wait", Buffer.from("x"), { deadline: Date.now() + 400 });
  check("a deadline ends the call", result.code === grpc.status.DEADLINE_EXCEEDED, result.error);
  result = await unary("Forbidden", Buffer.from("x"));
  check("a denial is PERMISSION_DENIED", result.code === grpc.status.PERMISSION_DENIED && result.error.details !== "", result.error);
  check("and has an id", result.error?.metadata?.get("x-request-id").length === 1, JSON.stringify(result.error?.metadata));
  result = await unary("Echo", Buffer.alloc(5 << 20));
  check("too long a body is RESOURCE_EXHAUSTED", result.code === grpc.status.RESOURCE_EXHAUSTED, result.error);
  result = await unary("Echo", Buffer.from("x"), {}, connect("down.test"));
  check("an upstream that is down is UNAVAILABLE", result.code === grpc.status.UNAVAILABLE, result.error);
  result = await unary("Wait", Buffer.from("x"), {}, connect("hasty.test"));
  check("one that does not answer in time is DEADLINE_EXCEEDED", result.code === grpc.status.DEADLINE_EXCEEDED, result.error);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

process.argv[2] === "server" ? serve() : play(...process.argv.slice(3));
