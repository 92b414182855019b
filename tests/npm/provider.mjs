// A real OpenID provider for tests: `node provider.mjs KEY CERT`. Commands are lines on stdin, each
// answered by one line of JSON on stdout; the first line says the issuer.
//
//   rotate       new signing keys, the old ones are published no more
//   add          new signing keys beside the old ones
//   counts       how often discovery, keys and introspection were asked for
//   down, up     stops listening, listens again
//   proof METHOD URL [TOKEN]   a proof of possession (RFC 9449) by a key that the process keeps
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const ALGORITHMS = { rs256: "RS256", es256: "ES256", eddsa: "EdDSA" };
const [, , keyFile, certificateFile] = process.argv;
const counts = { discovery: 0, jwks: 0, introspection: 0 };
const sockets = new Set();
let callback = (request, answer) => answer.writeHead(503).end();

function freshKeys() {
  const pair = (type, options) => generateKeyPairSync(type, options).privateKey.export({ format: "jwk" });
  return [
    { ...pair("rsa", { modulusLength: 2048 }), kid: randomUUID(), alg: "RS256", use: "sig" },
    { ...pair("ec", { namedCurve: "P-256" }), kid: randomUUID(), alg: "ES256", use: "sig" },
    { ...pair("ed25519"), kid: randomUUID(), alg: "EdDSA", use: "sig" },
  ];
}

const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, (request, answer) => {
  if (request.url.startsWith("/.well-known/")) counts.discovery += 1;
  if (request.url.startsWith("/jwks")) counts.jwks += 1;
  if (request.url.startsWith("/token/introspection")) counts.introspection += 1;
  callback(request, answer);
});
server.on("connection", (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();
const issuer = `https://localhost:${port}`;
let keys = freshKeys();

function provide() {
  const provider = new Provider(issuer, {
    clients: [
      { client_id: "app", client_secret: "app-secret", grant_types: ["client_credentials"], redirect_uris: [], response_types: [] },
      { client_id: "gateway", client_secret: "gateway secret/+", grant_types: [], redirect_uris: [], response_types: [] },
    ],
    jwks: { keys },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => {
          const name = new URL(resource).pathname.slice(1);
          const shared = { scope: "orders:read orders:write", audience: resource, accessTokenTTL: 300 };
          if (name.startsWith("opaque")) return { ...shared, accessTokenFormat: "opaque" };
          return { ...shared, accessTokenFormat: "jwt", jwt: { sign: { alg: ALGORITHMS[name] } } };
        },
      },
    },
    scopes: ["orders:read", "orders:write"],
  });
  callback = provider.callback();
}

const holder = generateKeyPairSync("ec", { namedCurve: "P-256" });

const commands = {
  proof(method, url, token) {
    const text = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const header = { typ: "dpop+jwt", alg: "ES256", jwk: holder.publicKey.export({ format: "jwk" }) };
    const claims = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(Date.now() / 1000) };
    if (token) claims.ath = createHash("sha256").update(token).digest("base64url");
    const signed = `${text(header)}.${text(claims)}`;
    const signature = sign("sha256", Buffer.from(signed), { key: holder.privateKey, dsaEncoding: "ieee-p1363" });
    return { proof: `${signed}.${signature.toString("base64url")}` };
  },
  rotate() {
    keys = freshKeys();
    provide();
  },
  add() {
    keys = [...freshKeys(), ...keys];
    provide();
  },
  counts() {
    return counts;
  },
  async down() {
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  },
  async up() {
    await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  },
};

console.warn = console.info = () => {}; // of what is not for production
provide();
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = line.trim().split(" ");
  const said = await commands[name](...given);
  process.stdout.write(`${JSON.stringify(said ?? {})}\n`);
}
process.exit(0);
