// The page: it calls a server over WebSocket or HTTP with the browser build of npm's thrift, and sends what it saw to the
// server that it is from. Its query says whom to call (`call`), in which protocol, and whether the server should refuse it.

"use strict";

const thrift = require("thrift");
const { onConnection, run, describe } = require("../node/cases");
const { FRAMINGS, ENCODINGS } = require("../node/protocols");
const Client = require("../node/client");

const query = new URLSearchParams(location.search);

function connect() {
  const url = new URL(query.get("call"));
  const [framing, encoding = "binary"] = query.get("protocol").split("-");
  const options = { transport: FRAMINGS[framing], protocol: ENCODINGS[encoding], path: url.pathname };
  const connection = url.protocol === "ws:" ? webSocket(url, options) : post(url, options);
  const failed = new Promise((_, reject) => {
    connection.on("error", () => reject(new Error("the connection failed"))); // a page is not told why
    connection.on("close", () => reject(new Error("the connection was closed")));
  });
  const client = thrift.createClient(Client, connection);
  connection.open?.();
  return { client, failed, close: () => connection.close?.() };
}

function webSocket(url, options) {
  return thrift.createWSConnection(url.hostname, url.port, options);
}

function post(url, options) {
  const headers = { "Content-Type": "application/x-thrift" };
  return thrift.createXHRConnection(url.hostname, url.port, { ...options, headers });
}

async function expectRefusal() {
  try {
    const found = await onConnection(connect, (call) => call("text", "hello"));
    return `failed refused: expected a refused connection, found the answer ${found}`;
  } catch (error) {
    const said = describe(error);
    return said === "Error: the connection failed" ? "ok refused" : `failed refused: expected a refused connection, found ${said}`;
  }
}

async function main() {
  const lines = query.has("refused") ? [await expectRefusal()] : await run(connect);
  await fetch("/lines", { method: "POST", body: lines.join("\n") });
}

main().catch((error) => fetch("/lines", { method: "POST", body: `failed page: ${describe(error)}` }));
