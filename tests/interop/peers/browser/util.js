// What npm's thrift needs of Node's `util` in a page.

"use strict";

exports.inherits = (type, parent) => {
  type.super_ = parent;
  Object.setPrototypeOf(type.prototype, parent.prototype);
};
