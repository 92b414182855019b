// gRPC-Web as a browser speaks it, by fetch: `PORT`. Messages are bytes: no schema is needed.
const port = process.argv[2];
let passed = 0, failed = 0;
function check(what, good, seen) {
  good ? ++passed : ++failed;
  console.log((good ? "ok    " : "FAIL  ") + what + (good ? "" : `: ${JSON.stringify(seen)}`));
}

const message = (data) => {
  const body = Buffer.from(data);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

// Texts may have been encoded in parts, each with its padding.
const decodeText = (text) => Buffer.concat((text.match(/[^=]+=*/g) ?? []).map((part) => Buffer.from(part, "base64")));

async function call(method, data, { text = false, format = "", host = "localhost", body } = {}) {
  const type = `application/grpc-web${text ? "-text" : ""}${format}`;
  const bytes = message(data);
  const answer = await fetch(`http://${host}:${port}/shop.v1.Orders/${method}`, {
    method: "POST",
    headers: { "content-type": type, "x-grpc-web": "1", "x-sent": "before" },
    body: body ?? (text ? bytes.toString("base64") : bytes),
  });
  const raw = Buffer.from(await answer.arrayBuffer());
  let rest = text ? decodeText(raw.toString()) : raw;
  const messages = [];
  let trailers = null;
  while (rest.length >= 5) {
    const size = rest.readUInt32BE(1);
    const payload = rest.subarray(5, 5 + size);
    if (trailers) trailers.behind = "something follows";
    if (rest[0] === 0x80) {
      trailers = Object.fromEntries(payload.toString().split("\r\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
    } else {
      messages.push(payload);
    }
    rest = rest.subarray(5 + size);
  }
  const status = trailers?.["grpc-status"] ?? answer.headers.get("grpc-status");
  return { status, trailers, messages, type: answer.headers.get("content-type"), http: answer.status, left: rest.length, id: answer.headers.get("x-request-id"),
           message: trailers?.["grpc-message"] ?? answer.headers.get("grpc-message") };
}

for (const text of [false, true]) {
  const form = text ? "text" : "binary";
  let got = await call("Echo", "hello", { text });
  check(`${form}: unary`, got.http === 200 && got.messages.length === 1 && got.messages[0].toString() === "hello" && got.left === 0, got);
  check(`${form}: trailers are the last frame`, got.status === "0" && got.trailers["x-trailer"] === "behind" && got.trailers["x-seen"] === "before" && !got.trailers.behind, got);
  check(`${form}: the type is the client's`, got.type === `application/grpc-web${text ? "-text" : ""}`, got.type);
  got = await call("Echo", "with a format", { text, format: "+proto" });
  check(`${form}: so is the format`, got.messages[0]?.toString() === "with a format" && got.type.endsWith("+proto"), got);
  const large = Buffer.alloc(2_000_000, "x");
  got = await call("Echo", large, { text });
  check(`${form}: 2 MB`, got.messages[0]?.equals(large), got.status);
  got = await call("Echo", "", { text });
  check(`${form}: an empty message`, got.messages.length === 1 && got.messages[0].length === 0, got);
  got = await call("Count", "500", { text });
  check(`${form}: server streaming`, got.messages.length === 500 && got.messages.every((one, i) => one.length === 1000 && one[0] === i % 256) && got.status === "0", got.messages.length);
  got = await call("Fail", "7", { text });
  check(`${form}: the API's error`, got.status === "5" && decodeURIComponent(got.message) === "no such order: 7 \u00fc", got);
  got = await call("Forbidden", "x", { text });
  check(`${form}: a denial is PERMISSION_DENIED, with a name`, got.http === 200 && got.status === "7" && got.trailers["grpc-message"] && got.messages.length === 0 && got.id.length === 36, got);
  got = await call("Nothing", "x", { text });
  check(`${form}: an unknown method is UNIMPLEMENTED`, got.status === "12", got);
}
const broken = await call("Echo", "", { text: true, body: "AAAA*AAB" });
check("a text that is no base64 is INVALID_ARGUMENT", broken.status === "3" && broken.messages.length === 0, broken);
const elsewhere = await call("Echo", "hello", { host: "127.0.0.1" });
check("an API that does not say so is not translated", !elsewhere.type.startsWith("application/grpc-web") && elsewhere.trailers === null, elsewhere);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
