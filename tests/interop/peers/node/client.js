// The client of both services: npm's thrift knows one client a connection.

"use strict";

const Everything = require("Everything");
const Newer = require("Newer");

class Client extends Everything.Client {}

for (const name of ["unknown", "send_unknown", "recv_unknown"]) {
  Client.prototype[name] = Newer.Client.prototype[name];
}

module.exports = Client;
