"""thriftpy2 at either end.

thriftpy2_peer.py server tcp|http PROTOCOL            PROTOCOL is buffered, framed, buffered-compact or framed-compact
thriftpy2_peer.py client tcp|http PROTOCOL ADDRESS    also FRAMING-multiplexed

The path of everything.thrift is in EVERYTHING_THRIFT.
"""

import logging
import os
import socket

import cases
import served
import thriftpy2
from thriftpy2.http import THttpServer, make_client as make_http_client
from thriftpy2.protocol import TBinaryProtocolFactory, TCompactProtocolFactory, TMultiplexedProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.server import TThreadedServer
from thriftpy2.thrift import TApplicationException, TClient, TProcessor
from thriftpy2.transport import TBufferedTransportFactory, TFramedTransportFactory, TServerSocket

types = thriftpy2.load(os.environ["EVERYTHING_THRIFT"], module_name="everything_thrift")

ENCODINGS = {
    "binary": TBinaryProtocolFactory(),
    "compact": TCompactProtocolFactory(),
    "multiplexed": TMultiplexedProtocolFactory(TBinaryProtocolFactory(), "Everything"),
}
FRAMINGS = {"buffered": TBufferedTransportFactory(), "framed": TFramedTransportFactory()}


class Library:
    name = "thriftpy2"
    types = types
    application_error = TApplicationException
    unknown_method = TApplicationException.UNKNOWN_METHOD

    def __init__(self, transport, protocol, address):
        self.transport, self.address = transport, address
        self.framing, self.encoding = served.parts(protocol)

    def connect(self, timeout):
        return Client(self, timeout)

    def open(self, timeout):
        factories = {"proto_factory": ENCODINGS[self.encoding], "trans_factory": FRAMINGS[self.framing]}
        milliseconds = int(timeout * 1000)
        if self.transport == "http":
            return make_http_client(
                types.Everything, url=self.address, timeout=milliseconds, keep_alive=True, **factories
            )
        host, port = self.address.removeprefix("tcp://").rsplit(":", 1)
        return make_client(types.Everything, host, int(port), timeout=milliseconds, **factories)

    @staticmethod
    def is_timeout(error):
        return isinstance(error, socket.timeout)


class Client(served.Client):
    def reopen(self, timeout):
        self.close()
        self.everything = self.library.open(timeout)
        self.newer = TClient(types.Newer, self.everything._iprot)

    def close(self):
        if self.everything:
            self.everything.close()


def server(transport, protocol):
    framing, encoding = served.parts(protocol)
    framing, encoding = FRAMINGS[framing], ENCODINGS[encoding]
    processor = TProcessor(types.Everything, cases.Handler(types, TApplicationException))
    if transport == "http":
        http = THttpServer(processor, ("127.0.0.1", 0), framing, encoding, server_class=served.HttpServer)
        served.serve_http(http)
    else:
        # It closes connections that are idle for 3 s by default.
        TThreadedServer(
            processor, Listener("127.0.0.1", 0, client_timeout=60_000), framing, encoding, daemon=True
        ).serve()


class Listener(TServerSocket):
    def listen(self):
        super().listen()
        print(f"127.0.0.1:{self.sock.getsockname()[1]}", flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    logging.disable()
    served.main(Library, server)
