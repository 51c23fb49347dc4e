"""The Python side: writes every constant of interop.thrift, and reads what Rust wrote of them.

peer.py write FOLDER | peer.py read FOLDER
"""

import inspect
import pathlib
import sys

from interop import constants
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TMemoryBuffer

PROTOCOLS = {"binary": TBinaryProtocol, "compact": TCompactProtocol}


def write(folder, name, value, protocol):
    buffer = TMemoryBuffer()
    value.write(PROTOCOLS[protocol](buffer))
    (folder / f"{name}.{protocol}.py").write_bytes(buffer.getvalue())
    return True


def read(folder, name, value, protocol):
    data = (folder / f"{name}.{protocol}.rs").read_bytes()
    kind = type(value)
    reader = PROTOCOLS[protocol](TMemoryBuffer(data))
    if inspect.ismethod(kind.read):
        # A record that can't be changed is made by its class.
        found = kind.read(reader)
    else:
        found = kind()
        found.read(reader)
    good = found == value
    print(f"{'ok    ' if good else 'FAILED'}  Rust -> Python  {protocol:7} {name}")
    if not good:
        print(f"  read     {found}\n  expected {value}")
    return good


def main():
    step = {"write": write, "read": read}[sys.argv[1]]
    folder = pathlib.Path(sys.argv[2])
    cases = {name: value for name, value in vars(constants).items() if name.isupper() and hasattr(value, "write")}
    results = [step(folder, name, value, protocol) for name, value in cases.items() for protocol in PROTOCOLS]
    if step is read and len(results) != len(list(folder.glob("*.rs"))):
        sys.exit("Rust and Python don't have the same cases")
    sys.exit(not all(results))


main()
