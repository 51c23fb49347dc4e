// Every kind of field that the code of pilota-build's own compiles for, too.

namespace rs kinds

enum Color {
    RED = 1
    GREEN = 2
    BLUE = 70000
    NONE = -3
}

typedef i64 Timestamp
typedef map<string, list<Inner>> Groups

struct Empty {}

struct Inner {
    1: required i32 number
    2: optional string text
}

struct Scalars {
    1: bool flag
    2: byte tiny
    3: i16 small
    4: i32 medium
    5: i64 large
    6: double real
    7: string text
    8: binary bytes
    9: uuid id
    10: Color color
    11: Timestamp at
}

struct Optionals {
    1: optional bool flag
    2: optional byte tiny
    3: optional i16 small
    4: optional i32 medium
    5: optional i64 large
    6: optional double real
    7: optional string text
    8: optional binary bytes
    9: optional uuid id
    10: optional Color color
    11: optional Timestamp at
    12: optional Inner inner
    13: optional list<i64> numbers
    14: optional set<string> names
    15: optional map<i32, string> texts
    16: optional bool last
}

struct Required {
    1: required bool flag
    2: required string text
    3: required list<Inner> inners
}

// Ids out of order and far apart, which compact encoding writes in two ways.
struct Ids {
    300: optional i32 far
    1: optional i32 first
    20: optional bool flag
    2: optional i32 second
    32767: i32 last
}

struct Containers {
    1: list<bool> flags
    2: list<byte> tinies
    3: list<i16> smalls
    4: list<i32> mediums
    5: list<i64> larges
    6: list<double> reals
    7: list<string> texts
    8: list<binary> bytes
    9: list<Color> colors
    10: list<Inner> inners
    11: list<list<list<string>>> table
    12: set<i32> numbers
    13: set<string> names
    14: set<Color> palette
    15: set<list<i32>> paths
    16: map<string, i64> counts
    17: map<i32, list<Inner>> nested
    18: map<Color, string> named
    19: map<bool, double> both
    20: map<string, map<string, set<i16>>> deep
    21: map<i64, Inner> inner_by_id
    22: Groups groups
    23: list<map<i32, bool>> maps
    24: set<Inner> distinct
    25: list<Timestamp> times
}

union Either {
    1: i32 number
    2: string text
    3: list<Either> all
    4: Inner inner
    5: bool flag
    6: double real
}

exception Fault {
    1: i32 code
    2: optional Either reason
}

struct Node {
    1: required i32 value
    2: optional Node next
    3: list<Node> children
    4: map<string, Node> named
}

struct Everything {
    1: Scalars scalars
    2: Optionals optionals
    3: Required required_
    4: Ids ids
    5: Containers containers
    6: Either either
    7: Node node
    8: optional Fault fault
    9: Empty empty
    10: bool behind
    11: list<Scalars> many
}

struct Defaults {
    1: i32 number = 42
    2: string text = "default"
    3: optional i64 large = 7
    4: optional bool flag = true
    5: Color color = Color.GREEN
    6: bool other = false
}
