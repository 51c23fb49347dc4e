"""Apache's Python library at either end of thrift over HTTP.

peer.py client PROTOCOL URL | peer.py server PROTOCOL
"""

import sys

from echo import Echo
from echo.ttypes import Request, Response
from thrift.protocol.TBinaryProtocol import TBinaryProtocolFactory
from thrift.protocol.TCompactProtocol import TCompactProtocolFactory
from thrift.server.THttpServer import THttpServer
from thrift.Thrift import TApplicationException
from thrift.transport.THttpClient import THttpClient

PROTOCOLS = {"binary": TBinaryProtocolFactory, "compact": TCompactProtocolFactory}


def client(protocol, url):
    transport = THttpClient(url)
    transport.setTimeout(10_000)
    echo = Echo.Client(PROTOCOLS[protocol]().getProtocol(transport))
    transport.open()
    for message in ["hello", "", "x" * 300_000, "again"]:
        found = echo.echo(Request(message)).message
        assert found == message, f"expected {len(message)} characters, found {found!r:.80}"
    expect_exception(echo)
    transport.close()


def expect_exception(echo):
    """An exception is an answer, too."""
    echo.send_echo = lambda req: send_unknown(echo)
    try:
        echo.echo(Request("hello"))
        raise AssertionError("expected an exception")
    except TApplicationException:
        pass


def send_unknown(client):
    client._oprot.writeMessageBegin("nothing", 1, 0)
    Echo.echo_args(Request("hello")).write(client._oprot)
    client._oprot.writeMessageEnd()
    client._oprot.trans.flush()


class Handler:
    def echo(self, req):
        return Response(req.message)


def server(protocol):
    server = THttpServer(Echo.Processor(Handler()), ("127.0.0.1", 0), PROTOCOLS[protocol]())
    server.httpd.RequestHandlerClass.log_message = lambda *arguments: None
    print(f"http://127.0.0.1:{server.httpd.server_port}/echo", flush=True)
    server.serve()


if __name__ == "__main__":
    {"client": client, "server": server}[sys.argv[1]](*sys.argv[2:])
