// npm's thrift at either end.
//
// peer.js server TRANSPORT PROTOCOL            TRANSPORT is tcp, http or websocket
// peer.js client TRANSPORT PROTOCOL ADDRESS    also websocket-subprotocol and websocket-deflate, of npm's ws
//
// PROTOCOL is buffered, framed, buffered-compact or framed-compact; of a client also FRAMING-multiplexed and FRAMING-json. The
// code that `thrift --gen js:node,es6 everything.thrift` made is in NODE_PATH.

"use strict";

const thrift = require("thrift");
const { onConnection, run, describe } = require("./cases");
const { connector } = require("./connections");
const { FRAMINGS, ENCODINGS } = require("./protocols");

function options(protocol) {
  const [framing, encoding = "binary"] = protocol.split("-");
  return { transport: FRAMINGS[framing], protocol: ENCODINGS[encoding], multiplexed: encoding === "multiplexed" };
}

async function client(transport, protocol, address) {
  const connect = connector(transport, options(protocol), address);
  const strange = protocol.endsWith("json");
  const lines = strange ? [await callStrangely(connect)] : await run(connect);
  lines.forEach((line) => console.log(line));
  return lines.some((line) => line.startsWith("failed")) ? 1 : 0;
}

/** Calls in a protocol that the server may not have: an answer or an application error. */
async function callStrangely(connect) {
  try {
    const answer = await onConnection(connect, (call) => call("text", "hello"));
    return answer === "hello" ? "ok strange: 'hello'" : `failed strange: expected 'hello', found ${answer}`;
  } catch (error) {
    const isAnswer = error instanceof thrift.Thrift.TApplicationException && !error.statusCode;
    return `${isAnswer ? "ok" : "failed"} strange: ${describe(error)}`;
  }
}

const [role, ...rest] = process.argv.slice(2);
if (role === "client") {
  client(...rest).then((code) => process.exit(code));
} else {
  process.stdin.on("end", () => process.exit(0)).resume();
  require("./handler").serve(rest[0], options(rest[1]));
}
