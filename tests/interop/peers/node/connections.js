// Connections as the library makes them.

"use strict";

const http = require("http");
const thrift = require("thrift");
const WebSocket = require("ws");
const Client = require("./client");

/** What makes connections for cases. */
function connector(transport, options, address) {
  const open = { tcp, http: post, websocket, "websocket-subprotocol": subprotocol, "websocket-deflate": deflate };
  return () => open[transport](options, address);
}

function clientOf(connection, { multiplexed }) {
  if (!multiplexed) return thrift.createClient(Client, connection);
  return new thrift.Multiplexer().createClient("Everything", Client, connection);
}

function tcp(options, address) {
  const [host, port] = address.replace("tcp://", "").split(":");
  const connection = thrift.createConnection(host, Number(port), options);
  return { client: clientOf(connection, options), failed: failure(connection), close: () => connection.end() };
}

function post(options, address) {
  const url = new URL(address);
  const agent = new http.Agent({ keepAlive: true });
  const nodeOptions = { agent };
  const connection = thrift.createHttpConnection(url.hostname, url.port, { ...options, path: url.pathname, nodeOptions });
  return { client: clientOf(connection, options), failed: failure(connection), close: () => agent.destroy() };
}

function websocket(options, address) {
  const url = new URL(address);
  return opened(new thrift.WSConnection(url.hostname, url.port, { ...options, path: url.pathname }), options);
}

/** The library can't offer subprotocols itself. */
function subprotocol(options, address) {
  return offering(options, address, ["thrift", "binary"], {});
}

function deflate(options, address) {
  return offering(options, address, [], { perMessageDeflate: { threshold: 0 } });
}

function offering(options, address, protocols, socketOptions) {
  const url = new URL(address);
  const connection = new Offering(url.hostname, url.port, { ...options, path: url.pathname });
  connection.offered = [protocols, socketOptions];
  return opened(connection, options);
}

/** The library's connection over a socket that is made with other arguments. */
class Offering extends thrift.WSConnection {
  open() {
    this.socket = new WebSocket(this.uri(), ...this.offered);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = this.__onOpen.bind(this);
    this.socket.onmessage = this.__onMessage.bind(this);
    this.socket.onerror = this.__onError.bind(this);
    this.socket.onclose = this.__onClose.bind(this);
  }
}

async function opened(connection, options) {
  const failed = failure(connection);
  const client = clientOf(connection, options);
  const isOpen = new Promise((resolve) => connection.once("open", resolve));
  connection.open();
  const { socket } = connection;
  await Promise.race([isOpen, failed]);
  if (connection.offered?.[0].length && !connection.offered[0].includes(socket.protocol)) {
    throw new Error(`expected one of the offered subprotocols, found ${JSON.stringify(socket.protocol)}`);
  }
  // `ws` offers permessage-deflate unless it is told not to.
  if (socket.extensions) throw new Error(`expected no extension, found ${socket.extensions}`);
  return { client, failed, close: () => socket.terminate() };
}

/** Rejects if the connection fails or ends. */
function failure(connection) {
  return new Promise((_, reject) => {
    connection.on("error", (error) => reject(error.error ?? error));
    connection.on("close", () => reject(new Error("the connection ended")));
  });
}

module.exports = { connector };
