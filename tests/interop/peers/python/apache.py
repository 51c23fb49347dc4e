"""Apache's library for Python at either end.

apache.py server tcp|http PROTOCOL            PROTOCOL is buffered, framed, buffered-compact or framed-compact
apache.py client tcp|http PROTOCOL ADDRESS    also FRAMING-multiplexed, -json, -loose, header, header-compact

The folder with the code that `thrift --gen py everything.thrift` made is in PYTHONPATH.
"""

import logging
import socket
from urllib.parse import urlsplit

import cases
import served
from everything import Everything, Newer, ttypes
from thrift.protocol import TProtocol
from thrift.protocol.TBinaryProtocol import TBinaryProtocolFactory
from thrift.protocol.TCompactProtocol import TCompactProtocolFactory
from thrift.protocol.THeaderProtocol import THeaderProtocolFactory
from thrift.protocol.TJSONProtocol import TJSONProtocolFactory
from thrift.protocol.TMultiplexedProtocol import TMultiplexedProtocol
from thrift.server.THttpServer import THttpServer
from thrift.server.TServer import TThreadedServer
from thrift.Thrift import TApplicationException
from thrift.transport import THeaderTransport, TSocket, TTransport
from thrift.transport.THttpClient import THttpClient

ENCODINGS = {
    "binary": TBinaryProtocolFactory(),
    "compact": TCompactProtocolFactory(),
    "json": TJSONProtocolFactory(),
    # Binary messages without a version, as programs of before 2010 send them.
    "loose": TBinaryProtocolFactory(strictRead=False, strictWrite=False),
    "multiplexed": TBinaryProtocolFactory(),
}
HEADERS = {
    "binary": THeaderProtocolFactory(default_protocol=THeaderTransport.THeaderSubprotocolID.BINARY),
    "compact": THeaderProtocolFactory(default_protocol=THeaderTransport.THeaderSubprotocolID.COMPACT),
}
FRAMINGS = {"buffered": TTransport.TBufferedTransportFactory(), "framed": TTransport.TFramedTransportFactory()}


class Library:
    name = "apache"
    types = ttypes
    application_error = TApplicationException
    unknown_method = TApplicationException.UNKNOWN_METHOD

    def __init__(self, transport, protocol, address):
        self.transport, self.address = transport, address
        self.framing, self.encoding = served.parts(protocol)

    def connect(self, timeout):
        return Client(self, timeout)

    def open(self, timeout):
        """A transport to the server, and the protocol on it."""
        if self.transport == "http":
            below = THttpClient(self.address)
        else:
            host, port = self.address.removeprefix("tcp://").rsplit(":", 1)
            below = TSocket.TSocket(host, int(port))
        below.setTimeout(timeout * 1000)
        if self.framing == "header":
            transport, protocol = below, HEADERS[self.encoding].getProtocol(below)
        else:
            transport = below if self.transport == "http" else FRAMINGS[self.framing].getTransport(below)
            protocol = ENCODINGS[self.encoding].getProtocol(transport)
        transport.open()
        return transport, protocol

    @staticmethod
    def is_timeout(error):
        timed_out = TTransport.TTransportException.TIMED_OUT
        return isinstance(error, socket.timeout) or getattr(error, "type", None) == timed_out


class Client(served.Client):
    transport = None

    def reopen(self, timeout):
        self.close()
        self.transport, protocol = self.library.open(timeout)
        named = TMultiplexedProtocol(protocol, "Everything") if self.library.encoding == "multiplexed" else protocol
        self.everything, self.newer = Everything.Client(named), Newer.Client(named)

    def close(self):
        if self.transport and self.transport.isOpen():
            self.transport.close()


def server(transport, protocol):
    framing, encoding = served.parts(protocol)
    encoding = ENCODINGS[encoding]
    processor = Everything.Processor(cases.Handler(ttypes, TApplicationException))
    if transport == "http":
        # The library's server closes the connection after each answer, and takes one at a time by default.
        http = THttpServer(processor, ("127.0.0.1", 0), encoding, server_class=served.HttpServer)
        served.serve_http(http)
    else:
        listener = Listener("127.0.0.1", 0)
        TThreadedServer(processor, listener, FRAMINGS[framing], encoding, daemon=True).serve()


class Listener(TSocket.TServerSocket):
    def listen(self):
        super().listen()
        print(f"127.0.0.1:{self.handle.getsockname()[1]}", flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    served.main(Library, server)
