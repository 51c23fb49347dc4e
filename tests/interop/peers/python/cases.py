"""The cases that a client runs, and the handler that a server has, whichever library of Python carries them.

A library is an object with `types` (what everything.thrift declares), `connect(timeout)`, which returns a `Client`,
`application_error` and `is_timeout(error)`.
"""

import threading
import time
import traceback
import uuid

# Much longer than any call takes: the machine may be busy with other pairings.
CALL_TIMEOUT = 30.0
CALLERS = 64
CALLS_EACH = 20
LARGE = 3_000_000


class Skipped(Exception):
    """The library cannot do what the case asks for."""


class Handler:
    """What every server of the matrix answers."""

    def __init__(self, types, application_error):
        self.types = types
        self.application_error = application_error
        self.counts = {}
        self.lock = threading.Lock()

    def echo(self, value):
        return value

    def defaults(self, value):
        return value

    def text(self, text):
        return text

    def add(self, left, right):
        return left + right

    def nothing(self):
        return None

    def fault(self, code):
        if code:
            raise self.types.Fault(code, f"fault {code}")
        return "no fault"

    def business(self, code):
        raise self.application_error(6, "business errors need a TTHeader")

    def application(self):
        raise self.application_error(6, "application error")

    def panics(self):
        raise RuntimeError("the handler panics")

    def slow(self, milliseconds):
        time.sleep(milliseconds / 1000)
        return milliseconds

    def notify(self, key):
        with self.lock:
            self.counts[key] = self.counts.get(key, 0) + 1

    def notified(self, key):
        with self.lock:
            return self.counts.get(key, 0)

    def callback(self, text):
        raise self.application_error(6, "there is no way back to the client")


def run(library):
    """Runs the cases beside each other, each with a client of its own. Returns whether none failed."""
    lines = {}
    threads = [threading.Thread(target=run_case, args=(library, case, lines)) for case in CASES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Alone, because HTTP clients of Python set their timeout for the whole process while they connect.
    run_case(library, timeout, lines)
    for line in lines.values():
        print(line, flush=True)
    return not any(line.startswith("failed") for line in lines.values())


def run_case(library, case, lines):
    name = case.__name__
    try:
        client = library.connect(CALL_TIMEOUT)
        try:
            case(library, client)
        finally:
            client.close()
        lines[name] = f"ok {name}"
    except Skipped as why:
        lines[name] = f"skipped {name}: {why}"
    except Exception as error:  # whatever it is, it is what the case found
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = " ".join(f"{type(error).__name__}: {error}".split())
        lines[name] = f"failed {name}: {said} (line {where.lineno} of {where.filename.rsplit('/', 1)[-1]})"


def expect(found, expected):
    if found != expected:
        raise AssertionError(f"expected {expected!r:.300}, found {found!r:.300}")


def expect_error(kind, call):
    """Returns the error of `kind` with which `call` ends."""
    try:
        found = call()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, found the answer {found!r:.100}")


def kinds(library, client):
    t = library.types
    full = t.Kinds(
        flag=True,
        tiny=-128,
        small=-32768,
        medium=-(2**31),
        large=-(2**63),
        real=0.1,
        text="plain, gr\u00fc\u00df, \u65e5\u672c, \U0001f6e9, \0 and \"quotes\"",
        bytes=bytes(range(256)),
        color=t.Color.BLUE,
        inner=t.Inner(number=1, text="inner"),
        either=t.Either(text="either"),
        numbers=[0, 1, -1, 2**31 - 1],
        inners=[t.Inner(number=2), t.Inner(number=3, text="")],
        names={"one", "two"},
        counts={"one": 1, "large": 2**63 - 1},
        nested={7: [t.Inner(number=4)], 8: []},
        at=1_700_000_000_000,
        flags=[True, False, True],
        table=[["a", "b"], [], [""]],
        reals=[0.0, -1.5, 1e300, float("inf")],
        colors={t.Color.RED: "red", t.Color.BLUE: "blue"},
        last=32767,
    )
    empty = t.Kinds(
        flag=False, tiny=0, small=0, medium=0, large=0, real=0.0, text="", bytes=b"", color=t.Color.RED,
        inner=t.Inner(number=0), either=t.Either(number=0), numbers=[], inners=[], names=set(), counts={}, nested={},
        at=0, missing="", flags=[], table=[], reals=[], colors={}, last=0,
    )
    found = client.echo(full)
    found.names = set(found.names)  # thriftpy2 reads a set as a list
    expect(found, full)
    found = client.echo(empty)
    found.names = set(found.names)
    expect(found, empty)
    expect(client.echo(t.Kinds()), t.Kinds())
    expect(client.nothing(), None)
    expect(client.add(2**31 - 2, 1), 2**31 - 1)
    expect(client.text(""), "")


def defaults(library, client):
    t = library.types
    expect(client.defaults(t.Defaults()), t.Defaults(number=42, text="default", numbers=[1, 2]))
    other = t.Defaults(number=0, text="", numbers=[])
    expect(client.defaults(other), other)


def exception(library, client):
    error = expect_error(library.types.Fault, lambda: client.fault(7))
    expect((error.code, error.reason), (7, "fault 7"))
    expect(client.fault(0), "no fault")


def business(library, client):
    raise Skipped("the library has no TTHeader")


def application(library, client):
    error = expect_error(library.application_error, client.application)
    expect((error.type, error.message), (6, "application error"))
    expect(client.text("next"), "next")


def oneway(library, client):
    key = f"{library.name} {uuid.uuid4()}"
    client.notify(key)
    until = time.monotonic() + CALL_TIMEOUT
    while client.notified(key) == 0 and time.monotonic() < until:
        time.sleep(0.01)
    expect(client.notified(key), 1)


def unknown(library, client):
    error = expect_error(library.application_error, lambda: client.unknown("text"))
    expect(error.type, library.unknown_method)
    expect(client.text("next"), "next")


def panic(library, client):
    expect_error(library.application_error, client.panics)
    expect(client.text("next"), "next")


def timeout(library, client):
    """A socket on which a call timed out still carries its answer, so users of Python open a new one."""
    client.reopen(0.3)
    try:
        client.slow(5000)
        raise AssertionError("expected a timeout, found an answer")
    except Exception as error:
        if not library.is_timeout(error):
            raise
    client.reopen(CALL_TIMEOUT)
    expect(client.text("next"), "next")


def large(library, client):
    text = ("0123456789abcde\u00e9" * (LARGE // 16 + 1))[:LARGE]
    found = client.text(text)
    expect(len(found), LARGE)
    expect(found == text, True)


def callers(library, client):
    """Clients of Python carry one call at a time: each caller has its own."""
    errors = []

    def caller(number):
        try:
            own = library.connect(CALL_TIMEOUT)
            for call in range(CALLS_EACH):
                expect(own.text(f"{number} {call}"), f"{number} {call}")
            own.close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise AssertionError(f"{len(errors)} of {CALLERS} callers failed, the first with {errors[0]!r}")


CASES = (kinds, defaults, exception, business, application, oneway, unknown, panic, large, callers)
