// The cases that a client runs in Node.js and in a page of a browser.
//
// `connect` returns a connection: {client, failed, close}. `failed` is a promise that only rejects: if the connection
// fails or ends.

"use strict";

const { Buffer } = require("buffer");
const Int64 = require("node-int64");
const { Thrift } = require("thrift");
const types = require("everything_types");

// Much longer than any call takes: the machine may be busy with other pairings.
const CALL_TIMEOUT = 60_000;
const CALLERS = 64;
const CALLS_EACH = 20;
const LARGE = 3_000_000;

/** Runs the cases beside each other, each on a connection of its own, and returns a line for each. */
async function run(connect) {
  const named = Object.entries(CASES).map(async ([name, run]) => {
    try {
      await onConnection(connect, run);
      return `ok ${name}`;
    } catch (error) {
      return `failed ${name}: ${describe(error)}`;
    }
  });
  return [...(await Promise.all(named)), "skipped business: the library has no TTHeader"];
}

/** Runs `use` with a `call` that ends with the connection, or after 60 s. */
async function onConnection(connect, use) {
  const connection = await connect();
  connection.failed.catch(() => {}); // it may fail when nobody calls
  const call = (method, ...values) => {
    const answer = Promise.resolve(connection.client[method](...values));
    return within(CALL_TIMEOUT, Promise.race([answer, connection.failed]), `an answer to ${method} within 60 s`);
  };
  try {
    return await use(call, connection);
  } finally {
    connection.close();
  }
}

function within(milliseconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`expected ${what}, found no answer`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class TimedOut extends Error {}

function describe(error) {
  const text = error instanceof Error || error?.message ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/\s+/g, " ").slice(0, 600);
}

/** A value in the one form in which it is compared. */
function plain(value) {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Int64) return `i64 ${value.toOctetString()}`;
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object") {
    const keys = Object.keys(value).filter((key) => plain(value[key]) !== undefined);
    return Object.fromEntries(keys.sort().map((key) => [key, plain(value[key])]));
  }
  return typeof value === "number" ? String(value) : value;
}

function expect(found, expected) {
  const [is, wanted] = [found, expected].map((value) => JSON.stringify(plain(value)) ?? "nothing");
  if (is === wanted) return;
  let at = 0;
  while (is[at] === wanted[at]) at += 1;
  const part = (text) => text.slice(Math.max(0, at - 40), at + 80);
  throw new Error(`expected ...${part(wanted)}..., found ...${part(is)}...`);
}

/** The error of this kind with which `answer` ends. */
async function expectError(kind, answer) {
  let found;
  try {
    found = await answer;
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`expected ${kind.name}, found the answer ${String(found).slice(0, 80)}`);
}

const CASES = {
  async kinds(call) {
    const full = new types.Kinds({
      flag: true,
      tiny: -128,
      small: -32768,
      medium: -(2 ** 31),
      large: new Int64("8000000000000000"),
      real: 0.1,
      text: 'plain, gr\u00fc\u00df, \u65e5\u672c, \u{1f6e9}, \0 and "quotes"',
      bytes: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      color: types.Color.BLUE,
      inner: new types.Inner({ number: 1, text: "inner" }),
      either: new types.Either({ text: "either" }),
      numbers: [0, 1, -1, 2 ** 31 - 1],
      inners: [new types.Inner({ number: 2 }), new types.Inner({ number: 3, text: "" })],
      names: ["one", "two"],
      counts: { one: new Int64(1), large: new Int64("7fffffffffffffff") },
      nested: { 7: [new types.Inner({ number: 4 })], 8: [] },
      at: new Int64(1_700_000_000_000),
      flags: [true, false, true],
      table: [["a", "b"], [], [""]],
      reals: [0, -1.5, 1e300, Infinity],
      colors: { [types.Color.RED]: "red", [types.Color.BLUE]: "blue" },
      last: 32767,
    });
    const found = await call("echo", full);
    found.names.sort(); // a set has no order
    expect(found, full);
    const empty = new types.Kinds({
      flag: false, tiny: 0, small: 0, medium: 0, large: new Int64(0), real: 0, text: "", bytes: Buffer.alloc(0),
      color: types.Color.RED, inner: new types.Inner({ number: 0 }), either: new types.Either({ number: 0 }),
      numbers: [], inners: [], names: [], counts: {}, nested: {}, at: new Int64(0), missing: "", flags: [], table: [],
      reals: [], colors: {}, last: 0,
    });
    expect(await call("echo", empty), empty);
    expect(await call("echo", new types.Kinds()), new types.Kinds());
    expect(await call("nothing"), undefined);
    expect(await call("add", 2 ** 31 - 2, 1), 2 ** 31 - 1);
    expect(await call("text", ""), "");
  },

  async defaults(call) {
    const given = new types.Defaults({ number: 42, text: "default", numbers: [1, 2] });
    expect(await call("defaults", new types.Defaults()), given);
    const other = new types.Defaults({ number: 0, text: "", numbers: [] });
    expect(await call("defaults", other), other);
  },

  async exception(call) {
    const error = await expectError(types.Fault, call("fault", 7));
    expect([error.code, error.reason], [7, "fault 7"]);
    expect(await call("fault", 0), "no fault");
  },

  async application(call) {
    const error = await expectError(Thrift.TApplicationException, call("application"));
    expect([error.type, error.message], [Thrift.TApplicationExceptionType.INTERNAL_ERROR, "application error"]);
    expect(await call("text", "next"), "next");
  },

  async oneway(call, { client }) {
    const key = `node ${Date.now()} ${Math.random()}`;
    client.notify(key); // it has no answer to wait for
    const until = Date.now() + CALL_TIMEOUT;
    while ((await call("notified", key)) === 0 && Date.now() < until) await new Promise((next) => setTimeout(next, 10));
    expect(await call("notified", key), 1);
  },

  async unknown(call) {
    const error = await expectError(Thrift.TApplicationException, call("unknown", "text"));
    expect(error.type, Thrift.TApplicationExceptionType.UNKNOWN_METHOD);
    expect(await call("text", "next"), "next");
  },

  async panic(call) {
    await expectError(Thrift.TApplicationException, call("panics"));
    expect(await call("text", "next"), "next");
  },

  // The library has no timeout of calls: its users stop waiting.
  async timeout(call) {
    await expectError(TimedOut, within(300, call("slow", 5000), "an answer within 300 ms"));
    expect(await call("text", "next"), "next");
  },

  async large(call) {
    const text = "0123456789abcde\u00e9".repeat(LARGE / 16 + 1).slice(0, LARGE);
    const found = await call("text", text);
    expect(found.length, LARGE);
    expect(found === text, true);
  },

  /** All on one connection, as a client of this library is used. */
  async callers(call) {
    const caller = async (number) => {
      for (let turn = 0; turn < CALLS_EACH; turn += 1) expect(await call("text", `${number} ${turn}`), `${number} ${turn}`);
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  },
};

module.exports = { run, onConnection, describe, TimedOut };
