// The protocols of npm's thrift, by the names that the peers use.

"use strict";

const thrift = require("thrift");

exports.FRAMINGS = { buffered: thrift.TBufferedTransport, framed: thrift.TFramedTransport };

exports.ENCODINGS = {
  binary: thrift.TBinaryProtocol,
  compact: thrift.TCompactProtocol,
  json: thrift.TJSONProtocol,
  multiplexed: thrift.TBinaryProtocol,
};

// That of the library (0.24.0) takes every bool in a list for false.
thrift.TCompactProtocol.prototype.readBool = function () {
  const { boolValue_: ofField } = this;
  if (!ofField.hasBoolValue) return this.trans.readByte() === thrift.TCompactProtocol.Types.CT_BOOLEAN_TRUE;
  ofField.hasBoolValue = false;
  return ofField.boolValue;
};
