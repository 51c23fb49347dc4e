"""The parts of a peer that are the same for every library: its command line, its clients and its HTTP server."""

import os
import sys
import threading
from http.server import ThreadingHTTPServer

import cases

# What a server need not understand, but has to answer.
STRANGE = ("json", "header")


def main(library, server):
    match sys.argv[1:]:
        case ["server", transport, protocol]:
            threading.Thread(target=end_with_stdin, daemon=True).start()
            server(transport, protocol)
        case ["client", transport, protocol, address]:
            library = library(transport, protocol, address)
            strange = any(part in STRANGE for part in protocol.split("-"))
            os._exit(0 if (call_strangely(library) if strange else cases.run(library)) else 1)
        case _:
            sys.exit(sys.modules["__main__"].__doc__)


def parts(protocol):
    """The framing and the encoding of a protocol."""
    framing, _, encoding = protocol.partition("-")
    return framing, encoding or "binary"


class Client:
    """The clients of both services on one connection, which `reopen` makes."""

    everything = newer = None

    def __init__(self, library, timeout):
        self.library = library
        self.reopen(timeout)

    def unknown(self, text):
        return self.newer.unknown(text)

    def __getattr__(self, method):
        return getattr(self.everything, method)


def serve_http(server):
    """Serves with the library's `THttpServer`."""
    server.httpd.RequestHandlerClass.log_message = lambda *arguments: None
    print(f"http://127.0.0.1:{server.httpd.server_port}/everything", flush=True)
    server.serve()


class HttpServer(ThreadingHTTPServer):
    """A thread for each connection, where the libraries use one for all by default."""

    # Python's own queue of 5 resets connections of 64 clients.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A handler that panics ends its connection; that is a case."""


def end_with_stdin():
    sys.stdin.read()
    os._exit(0)


def call_strangely(library):
    """Calls in a protocol that the server may not have. The library has to show an answer or an application error."""
    client = library.connect(cases.CALL_TIMEOUT)
    try:
        said = repr(client.text("hello"))
        passed = said == "'hello'"
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        passed = isinstance(error, library.application_error)
    print(f"{'ok' if passed else 'failed'} strange: {said}", flush=True)
    return passed
