// A page in Chromium that calls a server.
//
// peer.js HOW TRANSPORT PROTOCOL PEER...     PEER... is the command of the server, which is started here
//
// TRANSPORT is websocket or http.
// HOW is same-origin (the page and the server behind one address, as behind a proxy), other-origin (refused by the
// server) or allowed-origin (another origin, which the server has been told to admit by `--origin`).
// CHROMIUM is the path of the browser.

"use strict";

const { spawn } = require("child_process");
const fs = require("fs");
const http = require("http");
const net = require("net");
const os = require("os");
const path = require("path");
const readline = require("readline");
const esbuild = require("esbuild");

const PAGE_TIMEOUT = 100_000;

async function main([how, transport, protocol, ...command]) {
  const bundled = bundle();
  const page = servePage(bundled);
  await new Promise((resolve) => page.server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${page.server.address().port}`;
  const admitted = how === "allowed-origin" ? ["--origin", origin] : [];
  const url = new URL(await startServer([...command, "server", transport, protocol, ...admitted]));
  page.forwardTo(url);
  const called = how === "same-origin" ? `${url.protocol}//${new URL(origin).host}${url.pathname}` : url.href;
  const query = new URLSearchParams({ call: called, protocol, ...(how === "other-origin" && { refused: "" }) });
  const browser = startBrowser(`${origin}/?${query}`);
  const late = new Promise((resolve) => setTimeout(resolve, PAGE_TIMEOUT, "failed page: it said nothing within 100 s"));
  const lines = await Promise.race([page.lines, browser.ended, late]);
  console.log(lines);
  await browser.end();
  return lines.split("\n").some((line) => line.startsWith("failed")) ? 1 : 0;
}

/** The page's script: what pages lack of Node is put into it. */
function bundle() {
  const options = {
    entryPoints: [path.join(__dirname, "page.js")],
    bundle: true,
    write: false,
    platform: "browser",
    alias: { util: path.join(__dirname, "util.js") },
    inject: [path.join(__dirname, "buffer.js")],
    define: { global: "globalThis" },
    nodePaths: process.env.NODE_PATH.split(path.delimiter),
    logLevel: "error",
  };
  return esbuild.build(options).then((built) => built.outputFiles[0].text);
}

/** The page's own server, which also forwards WebSockets and calls to the server under test, as a proxy does. */
function servePage(bundled) {
  let said;
  let target;
  const lines = new Promise((resolve) => (said = resolve));
  const server = http.createServer(async (request, response) => {
    if (request.url === "/lines") {
      said((await collect(request)).toString());
      response.end();
    } else if (request.method === "POST") {
      forwardCall(request, response, target);
    } else if (request.url === "/page.js") {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      response.end(await bundled);
    } else {
      response.setHeader("content-type", "text/html");
      response.end('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>');
    }
  });
  server.on("upgrade", (request, socket, head) => forward(request, socket, head, target));
  return { server, lines, forwardTo: (url) => (target = url) };
}

async function collect(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** Sends the call on with the headers that it came with. */
function forwardCall(request, response, target) {
  const { method, url, headers } = request;
  const onward = http.request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** Sends the request for a WebSocket on as it came, `Host` and `Origin` included. */
function forward(request, socket, head, target) {
  const onward = net.connect(Number(target.port), target.hostname, () => {
    const { rawHeaders: raw } = request;
    const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1]}\r\n`] : []));
    onward.write(`GET ${request.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
}

/** Starts the server under test, and returns its address. It ends with this program, which holds its standard input. */
async function startServer([program, ...args]) {
  const server = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = readline.createInterface({ input: server.stdout });
  for await (const line of lines) return line;
  throw new Error("the server ended before it served");
}

function startBrowser(url) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "volplane-chromium-"));
  const flags = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", `--user-data-dir=${profile}`,
    "--log-level=3",
    // Without it, headless Chromium ends as soon as the page is loaded.
    "--remote-debugging-pipe",
  ];
  const stdio = ["ignore", "ignore", "inherit", "pipe", "pipe"];
  const browser = spawn(process.env.CHROMIUM ?? "chromium", [...flags, url], { stdio });
  const exited = new Promise((resolve) => browser.on("close", resolve).on("error", resolve));
  const end = async () => {
    browser.stdio[3].write('{"id":1,"method":"Browser.close"}\0');
    const late = setTimeout(() => browser.kill("SIGKILL"), 5000);
    await exited;
    clearTimeout(late);
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ended: exited.then((why) => `failed page: Chromium ended: ${why}`), end };
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.log(`failed page: ${error.message}`);
    process.exit(1);
  },
);
