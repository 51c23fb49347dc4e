// Every kind of data, and what is odd about some of it.

namespace rs rich

enum Color {
    RED = 1
    GREEN = 2
    /** As RED. */
    CRIMSON = 1
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
    6: required Color color = Color.CRIMSON
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

// Large, and nested in itself in each of the ways.
struct Large {
    1: optional Large next
    2: list<Large> children
    3: map<i32, Large> named
    4: map<string, string> f4
    5: map<string, string> f5
    6: map<string, string> f6
    7: map<string, string> f7
    8: map<string, string> f8
    9: map<string, string> f9
    10: map<string, string> f10
    11: map<string, string> f11
    12: map<string, string> f12
    13: map<string, string> f13
    14: map<string, string> f14
    15: map<string, string> f15
    16: map<string, string> f16
    17: map<string, string> f17
    18: map<string, string> f18
    19: map<string, string> f19
    20: map<string, string> f20
    21: map<string, string> f21
    22: map<string, string> f22
    23: map<string, string> f23
    24: map<string, string> f24
    25: map<string, string> f25
    26: map<string, string> f26
    27: map<string, string> f27
    28: map<string, string> f28
    29: map<string, string> f29
    30: map<string, string> f30
    31: map<string, string> f31
    32: map<string, string> f32
    33: map<string, string> f33
    34: map<string, string> f34
    35: map<string, string> f35
    36: map<string, string> f36
    37: map<string, string> f37
    38: map<string, string> f38
    39: map<string, string> f39
    40: map<string, string> f40
    41: map<string, string> f41
    42: map<string, string> f42
    43: map<string, string> f43
    44: map<string, string> f44
    45: map<string, string> f45
    46: map<string, string> f46
    47: map<string, string> f47
    48: map<string, string> f48
    49: map<string, string> f49
    50: map<string, string> f50
    51: map<string, string> f51
    52: map<string, string> f52
    53: map<string, string> f53
    54: map<string, string> f54
    55: map<string, string> f55
    56: map<string, string> f56
    57: map<string, string> f57
    58: map<string, string> f58
    59: map<string, string> f59
    60: map<string, string> f60
    61: map<string, string> f61
    62: map<string, string> f62
    63: map<string, string> f63
    64: map<string, string> f64
    65: map<string, string> f65
    66: map<string, string> f66
    67: map<string, string> f67
    68: map<string, string> f68
    69: map<string, string> f69
    70: map<string, string> f70
    71: map<string, string> f71
    72: map<string, string> f72
    73: map<string, string> f73
    74: map<string, string> f74
    75: map<string, string> f75
    76: map<string, string> f76
    77: map<string, string> f77
    78: map<string, string> f78
    79: map<string, string> f79
    80: map<string, string> f80
    81: map<string, string> f81
    82: map<string, string> f82
    83: map<string, string> f83
    84: map<string, string> f84
    85: map<string, string> f85
    86: map<string, string> f86
    87: map<string, string> f87
    88: map<string, string> f88
    89: map<string, string> f89
    90: map<string, string> f90
    91: map<string, string> f91
    92: map<string, string> f92
    93: map<string, string> f93
    94: map<string, string> f94
    95: map<string, string> f95
    96: map<string, string> f96
    97: map<string, string> f97
    98: map<string, string> f98
    99: map<string, string> f99
    100: map<string, string> f100
    101: map<string, string> f101
    102: map<string, string> f102
    103: map<string, string> f103
}

struct Flags {
    1: list<bool> flags
    2: map<string, bool> named
}

// Ids whose difference has more than 16 bits.
struct Far {
    -32768: bool lowest
    32767: bool highest
    1: required i32 one
    -1: list<string> below
    2: required bool two
    30000: Inner inner
    -30000: map<i32, bool> flags
}

// Names that generated code needs itself.
typedef i32 Chosen1 (pilota.name = "Some")
struct Chosen2 {
    1: Chosen1 _unknown_fields = 1
    2: i32 unknown_fields
} (pilota.name = "T")
union Chosen3 {
    1: i32 _unknown_fields
}
