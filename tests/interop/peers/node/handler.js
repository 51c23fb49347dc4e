// What every server of the matrix answers, and the servers that the library offers.

"use strict";

const thrift = require("thrift");
const { Thrift } = thrift;
const { WebSocketServer } = require("ws");
const Everything = require("Everything");
const types = require("everything_types");

const counts = new Map();

const handler = {
  echo: async (value) => value,
  defaults: async (value) => value,
  text: async (text) => text,
  add: async (left, right) => left + right,
  nothing: async () => {},
  fault: async (code) => {
    if (code !== 0) throw new types.Fault({ code, reason: `fault ${code}` });
    return "no fault";
  },
  business: async (_code) => {
    throw new Error("business errors need a TTHeader");
  },
  application: async () => {
    throw new Thrift.TApplicationException(Thrift.TApplicationExceptionType.INTERNAL_ERROR, "application error");
  },
  panics: async () => {
    throw new Error("the handler panics");
  },
  slow: async (milliseconds) => {
    await new Promise((done) => setTimeout(done, milliseconds));
    return milliseconds;
  },
  notify: async (key) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  },
  notified: async (key) => counts.get(key) ?? 0,
  callback: async (_text) => {
    throw new Error("there is no way back to the client");
  },
};

/** Starts a server and prints its address. */
function serve(transport, options) {
  const service = { ...options, processor: Everything, handler };
  const server = {
    tcp: () => thrift.createServer(Everything, handler, options),
    http: () => thrift.createWebServer({ services: { "/everything": service } }),
    websocket: () => webSocketServer(options),
  }[transport]();
  const prefix = { tcp: "", http: "http://", websocket: "ws://" }[transport];
  const path = transport === "tcp" ? "" : "/everything";
  server.on("error", () => {}); // of one connection
  server.listen(0, "127.0.0.1", () => console.log(`${prefix}127.0.0.1:${server.address().port}${path}`));
}

/**
 * A server over npm's ws. That of the library itself reads a frame only if it arrives in one piece, so it can take no
 * large message and none that TCP has split.
 */
function webSocketServer({ transport, protocol }) {
  const http = require("http").createServer();
  new WebSocketServer({ server: http, path: "/everything" }).on("connection", (socket) => {
    const processor = new Everything.Processor(handler);
    const receive = transport.receiver((input) => {
      try {
        for (;;) {
          const output = new protocol(new transport(undefined, (answer) => socket.send(answer)));
          processor.process(new protocol(input), output);
          input.commitPosition();
        }
      } catch (error) {
        if (!(error instanceof thrift.InputBufferUnderrunError)) return socket.terminate();
        input.rollbackPosition();
      }
    });
    socket.on("message", receive);
    socket.on("error", () => {});
  });
  return http;
}

module.exports = { serve };
