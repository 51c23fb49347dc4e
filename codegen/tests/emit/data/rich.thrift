// Every kind of data, and what is odd about some of it.

namespace rs rich

enum Color {
    RED = 1
    GREEN = 2
    BELOW = -3 (deprecated)
}

enum Nothing {}

senum Word { "a", "b" }

typedef i64 Timestamp
typedef string Name
typedef list<Point> Points
typedef Points Route
typedef map<Name, set<Color>> Palette
typedef uuid Key
typedef double Ratio

struct Empty {}

struct Point {
    1: required double x
    2: required double y = 0.5
}

struct Inner {
    1: required i32 number
    2: optional string text
    30000: bool last
}

union Either {
    1: i32 number
    2: string text
    -3: Inner inner
    4: list<Either> more
    5: double real
}

union Expression {
    1: Expression negated
    2: i64 value
    3: Sum sum
}

struct Sum {
    1: required Expression left
    2: Expression right
}

union Never {}

struct Node {
    1: i32 value
    2: optional Node next
    3: list<Node> children
    4: map<string, Node> named
}

struct Odd {
    1: bool first
    -1: i32 below
    -2: Inner between
    -32000: bool far
    2: bool second
    3: Inner inner
    4: bool third
    5: map<Inner, Inner> inners
    6: bool fourth
    7: list<Empty> empties
    8: bool fifth
    20: Empty empty
    21: bool sixth
    32767: i32 last
}

struct Everything {
    1: bool flag
    2: byte tiny
    3: i16 small
    4: i32 medium
    5: i64 large
    6: double real
    7: string text
    8: binary bytes
    9: uuid key
    10: Color color
    11: Inner inner
    12: Either either
    13: list<i32> numbers
    14: list<Inner> inners
    15: set<string> names
    16: map<string, i64> counts
    17: map<i32, list<Inner>> nested
    18: Timestamp at
    19: list<bool> flags
    20: list<list<string>> table
    21: list<double> reals
    22: map<Color, string> colors
    23: set<double> different
    24: map<double, Ratio> ratios
    25: list<uuid> keys
    26: set<uuid> some
    27: Route route
    28: Palette palette
    29: Key named
    30: Word word
    31: map<Either, i32> eithers
    32: list<binary> blobs
    33: map<list<set<i32>>, map<string, double>> tables
    34: Empty empty
    35: Nothing nothing
    36: list<i8> bytes_too
    37: list<i16> shorts
    38: list<i64> longs
    39: bool end
    40: Never never
    41: list<Never> nevers
}

const Color BEST = Color.GREEN
const Either SAY = {"text": "hi"}
const Key ZERO = "00000000-0000-0000-0000-000000000001"
const string GREETING = "hello"

struct Defaults {
    1: i32 number = 42
    2: string text = GREETING
    3: list<i32> numbers = [1, 2]
    4: Either either = {"inner": {"number": 7, "text": "seven"}}
    5: uuid key = "00112233-4455-6677-8899-aabbccddeeff"
    6: required Color color = Color.GREEN
    7: optional Chain chain = {"number": 3}
    8: map<string, list<Either>> eithers = {"a": [{"number": 1}, SAY], "b": []}
    9: Timestamp at = 5
    10: set<double> reals = [1.5, 2]
    11: Expression expression = {"negated": {"value": 4}}
    12: Key named = ZERO
    13: required bool flag = 1
    14: binary bytes = "\tb"
    15: Word word = "b"
    16: Color best = BEST
    17: string owned = "owned" (pilota.rust_type = "string")
    18: binary vector = "vector" (pilota.rust_type = "vec")
    19: double ordered = 2.5 (pilota.rust_type = "ordered_f64")
    20: map<string, i32> tree = {"a": 1} (pilota.rust_type = "btree")
    21: Inner shared = {"number": 1} (pilota.rust_wrapper_arc = "true")
}

struct Chain {
    1: i32 number
    2: optional Defaults defaults
}

struct Old {
    1: required i32 gone (deprecated = "take \"kept\"")
    2: i32 kept
} (deprecated)

/** Something was wrong. */
exception Fault {
    1: i32 code
    2: string reason
}

exception Bare {
    1: required i32 code
}

exception Chosen {
    1: i32 code
    2: required string what
} (message = "what")

// What a later version of Inner holds, and an earlier one.
struct Later {
    1: required i32 number
    2: optional string text
    3: Everything everything
    4: bool flag
    5: list<map<string, Inner>> more
    30000: bool last
}

struct Other {
    1: required string number
    2: optional set<string> text
}

struct Lists {
    1: list<i32> numbers
    2: map<string, i32> counts
}

struct Sets {
    1: set<i32> numbers
    2: map<string, i32> counts
}

struct Words {
    1: list<string> numbers
    2: map<string, string> counts
}
