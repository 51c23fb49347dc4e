// npm's thrift expects Node's `Buffer` as a global, which pages do not have.

export { Buffer } from "buffer";
