// Apache's JavaScript library as a client of thrift over HTTP: peer.js PROTOCOL URL

"use strict";

const thrift = require("thrift");
const Echo = require("Echo");
const { Request } = require("echo_types");

const PROTOCOLS = { binary: thrift.TBinaryProtocol, compact: thrift.TCompactProtocol };

async function main(protocol, address) {
  const url = new URL(address);
  const connection = thrift.createHttpConnection(url.hostname, url.port, {
    transport: thrift.TBufferedTransport,
    protocol: PROTOCOLS[protocol],
    path: url.pathname,
    nodeOptions: { agent: new (require("http").Agent)({ keepAlive: true, maxSockets: 1 }), timeout: 10000 },
  });
  const failed = new Promise((_, reject) => connection.on("error", reject));
  const client = thrift.createHttpClient(Echo, connection);
  for (const message of ["hello", "x".repeat(300000), "again"]) {
    const answer = await Promise.race([client.echo(new Request({ message })), failed]);
    if (answer.message !== message) {
      throw new Error(`expected ${message.length} characters, found ${String(answer.message).slice(0, 80)}`);
    }
  }
}

main(...process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
