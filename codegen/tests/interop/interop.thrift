// Values that the generated Rust and Apache's Python library send each other. Each constant is one case.
namespace rs interop
namespace py interop

include "ThriftTest.thrift"

enum Size { SMALL = -1, LARGE = 70000 }

typedef i64 Stamp

struct Numbers {
  1: bool yes, 2: bool no, 3: i8 tiny, 4: i16 short, 5: i32 medium, 6: i64 long, 7: double number, 8: Size size,
  9: Stamp stamp, 10: required i32 always, 11: optional i32 never, 12: i32 usual = 12
}

struct Texts { 1: string text, 2: string empty, 3: binary bytes }

/** Ids far apart, below zero and out of order: compact writes them in three ways. */
struct Ids { 1: i32 one, 15: i32 fifteen, 16: i32 sixteen, 17: bool flag, 32767: i32 last, -1: i32 below, 300: bool other }

struct Containers {
  1: list<bool> flags, 2: list<i32> none, 3: list<list<string>> nested, 4: set<i64> longs, 5: set<string> names,
  6: map<string, i32> counts, 7: map<i32, map<string, list<double>>> deep, 8: map<string, string> empty,
  9: list<Texts> records, 10: map<Size, Texts> by_size, 11: list<Size> sizes, 12: list<i8> bytes,
  13: map<bool, i16> by_flag
}

union Either { 1: string text, 2: i32 number, 3: Containers containers, 4: list<Either> many }

struct Tree { 1: i32 value, 2: optional Tree left, 3: optional Tree right, 4: list<Tree> others, 5: Either either }

exception Failure { 1: string why, 2: i32 code, 3: Either details }

const Numbers ZEROS = {"yes": false, "no": false, "tiny": 0, "short": 0, "medium": 0, "long": 0, "number": 0.0,
  "stamp": 0, "always": 0}
const Numbers LEAST = {"yes": true, "tiny": -128, "short": -32768, "medium": -2147483648,
  "long": -9223372036854775808, "number": -1.5e300, "size": Size.SMALL, "stamp": -1, "always": -1, "usual": -12}
const Numbers MOST = {"yes": true, "no": true, "tiny": 127, "short": 32767, "medium": 2147483647,
  "long": 9223372036854775807, "number": 0.0625, "size": Size.LARGE, "stamp": 1, "always": 1, "never": 1}
const Texts TEXTS = {"text": "naïve 日本語 🦀 \"quoted\" \\ \t", "empty": "", "bytes": "bytes"}
const Ids IDS = {"one": 1, "fifteen": 15, "sixteen": 16, "flag": true, "last": 32767, "below": -1, "other": false}
const Containers CONTAINERS = {
  "flags": [true, false, true, true, false, true, true, false, true, false, true, true, false, true, true, true],
  "none": [], "nested": [["a", "b"], [], ["c"]], "longs": [1, -1, 5000000000], "names": ["x", "y"],
  "counts": {"one": 1, "minus": -1}, "deep": {1: {"a": [1.5, 2.5]}, -1: {}}, "empty": {},
  "records": [{"text": "one"}, {"bytes": "two"}], "by_size": {Size.LARGE: {"text": "large"}},
  "sizes": [Size.SMALL, Size.LARGE], "bytes": [1, -1], "by_flag": {true: 1, false: 0}
}
const Containers NOTHING = {}
const Either LEFT = {"text": "left"}
const Either RIGHT = {"many": [{"number": 1}, {"containers": {"none": []}}, {"many": []}]}
const Tree TREE = {"value": 1, "left": {"value": 2, "others": [{"value": 3}]}, "right": {"right": {}},
  "either": {"number": 4}}
const Failure FAILURE = {"why": "because", "code": 42, "details": {"text": "more"}}

// Of the corpus.
const ThriftTest.Xtruct2 XTRUCT = {"byte_thing": 1, "struct_thing": {"string_thing": "x", "i32_thing": -3}, "i32_thing": 5}
const ThriftTest.Insanity INSANITY = {"userMap": {ThriftTest.Numberz.FIVE: 5, ThriftTest.Numberz.EIGHT: 8},
  "xtructs": [{"string_thing": "Goodbye4", "byte_thing": 4, "i32_thing": 4, "i64_thing": 4}, {}]}
const ThriftTest.Xception2 XCEPTION = {"errorCode": 2002, "struct_thing": {"string_thing": "This is an Xception2"}}
const ThriftTest.CrazyNesting NESTING = {"string_field": "deep", "list_field": [], "binary_field": "bytes"}
const ThriftTest.LargeDeltas DELTAS = {"b1": {"im_true": true, "im_false": false}, "check_true": true, "check_false": false,
  "b1000": {}, "a_set2500": ["lazy", "brown"], "big_numbers": [65536, -65536]}
const ThriftTest.NestedMixedx2 MIXED = {"int_set_list": [[1, 2], []], "map_int_strset": {1: ["a"]}}
const ThriftTest.SomeUnion SOME = {"string_thing": "union"}
