#!/usr/bin/thrift --gen rs
/**
 * The oddities of the grammar, all of them taken by Apache's compiler.
 */
include "dotted.name.thrift"
include './plain.thrift'
cpp_include "<vector>"
namespace * a.b.c
namespace rs odd
namespace java org.example (key = "value", flag)
namespace netstd Thrift.Test

# a comment
// another
/* a third */
/**/ /***/

/** A typedef with everything. */
typedef i64 (js.type = "Long"; bare, twice = "a" twice = "b") Timestamp (deprecated)
typedef map cpp_type "std::unordered_map" <string, list<i32> cpp_type "std::vector"> (x = "1") Index;
typedef set<uuid> Ids,

enum Numbers {
  ZERO
  ONE,
  TWO;
  HEX = 0x1F (a = "b"),
  NEGATIVE = -5,
  PLUS = +7
  /** Counted on from seven. */ EIGHT
} (final)

const bool YES = 1
const bool NO = false
const i8 SMALL = -0x80
const i16 MEDIUM = true
const i32 FROM_MEMBER = Numbers.HEX
const i64 FROM_CONST = SMALL;
const double WHOLE = 3
const double FRACTION = -.5e-3,
const double SCALED = 1E9
const string QUOTES = 'single "inside"'
const string ESCAPES = "tab\t quote\" apostrophe\' backslash\\ break\n return\r"
const binary BYTES = "raw"
const uuid ID = "{00112233-4455-6677-8899-AABBCCDDEEFF}"
const Numbers NAMED = Numbers.TWO
const Numbers NUMBERED = 2
const list<Numbers> MEMBERS = [Numbers.ONE Numbers.TWO; 31]
const map<string, map<i32, list<bool>>> NESTED = {"a": {1: [true, 0]; 2: []} "b": {}}
const map<i32, i32> EMPTY_IN_BRACKETS = []
const list<i32> EMPTY_IN_BRACES = {}
const dotted.name.Header QUALIFIED = {"id": plain.DEFAULT, 'kind': plain.Kind.B}
const Point ORIGIN = {}

struct Point xsd_all {
  i32 first
  string second,
  3: required double third = 1;
  -7: optional bool minus
  bool after_minus
  5: optional Point & again
  6: list<Point> (a = "b") many = [] xsd_optional xsd_nillable xsd_attrs { 1: string attribute } (c = "d"),
  7: Later used_before_it_is_defined
  8: i32 namespace, 9: i32 cpp_include, 10: i32 include, 11: i32 void, 12: i32 bool, 13: i32 byte, 14: i32 i8
  15: i32 i16 16: i32 i32 17: i32 i64 18: i32 double 19: i32 string 20: i32 binary 21: i32 uuid 22: i32 map
  23: i32 list 24: i32 set 25: i32 oneway 26: i32 async 27: i32 typedef 28: i32 struct 29: i32 union
  30: i32 exception 31: i32 extends 32: i32 throws 33: i32 service 34: i32 enum 35: i32 const
  36: i32 required 37: required i32 optional
  38: i32 senum 39: string slist 40: i32 php_namespace
  0x29: i32 hex_id
  +42: i32 plus_id
} (struct_annotation = "yes")

struct Later {}

union Choice {
  1: Numbers number
  2: optional string text
  Point point
}

exception Failure {
  1: string why
} (message = "why")
typedef Failure Alias

service Empty {}

service Base extends dotted.name.Parent {
  /** Documented. */
  void none(),
  oneway void fire(1: string what);
  async void old(string a, i32 b)
  map<string, Choice> (r = "1") result(1: required i32 a = 5, 2: optional Point b (x = "y")) throws (1: Failure f, Alias g) (method = "m")
  Numbers type() throws () void last()
} (service_annotation)
