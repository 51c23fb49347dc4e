// What the programs of tests/interop call each other with: every kind of field, and every way in which a call can end.

namespace rs everything
namespace go everything
namespace py everything
namespace js everything

enum Color {
    RED = 1
    GREEN = 2
    BLUE = 7
}

typedef i64 Timestamp

struct Inner {
    1: required i32 number
    2: optional string text
}

union Either {
    1: i32 number
    2: string text
}

struct Kinds {
    1: bool flag
    2: byte tiny
    3: i16 small
    4: i32 medium
    5: i64 large
    6: double real
    7: string text
    8: binary bytes
    9: Color color
    10: Inner inner
    11: Either either
    12: list<i32> numbers
    13: list<Inner> inners
    14: set<string> names
    15: map<string, i64> counts
    16: map<i32, list<Inner>> nested
    17: Timestamp at
    18: optional string missing
    19: list<bool> flags
    20: list<list<string>> table
    21: list<double> reals
    22: map<Color, string> colors
    32767: i32 last
}

struct Defaults {
    1: i32 number = 42
    2: string text = "default"
    3: list<i32> numbers = [1, 2]
}

exception Fault {
    1: i32 code
    2: string reason
}

service Everything {
    Kinds echo(1: Kinds value)
    Defaults defaults(1: Defaults value)
    string text(1: string text)
    i32 add(1: i32 left, 2: i32 right)
    void nothing()
    string fault(1: i32 code) throws (1: Fault fault)
    string business(1: i32 code)
    string application()
    string panics()
    i32 slow(1: i32 milliseconds)
    oneway void notify(1: string key)
    i32 notified(1: string key)
    string callback(1: string text)
}

// A later version of Everything, whose method the servers do not have.
service Newer {
    string unknown(1: string text)
}
