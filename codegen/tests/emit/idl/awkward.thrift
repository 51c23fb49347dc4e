// Names that Rust, its prelude or the generated code use themselves.
namespace rs my.type.Self

include "awkward.base.thrift"

/** A colour.
 *
 *     let indented = code;
 */
enum Color {
  /** As blood. */
  RED = 1,
  Self,
  self = -4,
  ok, None, Some = 0x10, Err
}

enum Ok { ok }
enum String_ { a }

struct Result { 1: string Ok, 2: string err }
struct Option { 1: optional Option inner, 2: required bool some }
struct Box { 1: list<Box> boxes, 2: Vec vec }
struct Vec { 1: Box box, 2: map<string, Vec> vecs }
struct String { 1: string string_value }
struct Send { 1: Sync sync }
struct Sync { 1: Send send }
struct Default { 1: Clone clone = {}, 2: Color color = Color.self, 3: list<Color> colors = [Color.RED, 16] }
struct Clone { 1: i32 default = 7 }
struct Self { 1: Self self, 2: i32 crate, 3: i32 super, 4: i32 Self_ }
struct T { 1: S s, 2: Opt opt }
struct S { 1: T t }
struct Opt { 1: T t }
struct From { 1: string from }
struct Buf { 1: Buf buf, 2: list<Buf> bufs }
struct Message { 1: Message message }
struct Debug { 1: i32 partial_eq }
struct PartialEq { 1: i32 hash }
struct std { 1: i32 core }
struct pilota { 1: i32 volo_thrift }

struct Keywords {
  1: i32 type, 2: i32 match, 3: i32 fn, 4: i32 impl, 5: i32 trait, 6: i32 mod, 7: i32 use, 8: i32 where, 9: i32 loop,
  10: i32 move, 11: i32 mut, 12: i32 ref, 13: i32 pub, 14: i32 let, 15: i32 dyn, 16: i32 async, 17: i32 await,
  18: i32 box, 19: i32 gen, 20: i32 try, 21: i32 final, 22: i32 macro, 23: i32 _1, 24: i32 __, 25: i32 data,
  26: i32 value, 27: i32 field_ident, 28: i32 err, 29: i32 ret, 30: i32 var_1, 31: i32 __protocol, 32: i32 A_B_c
  -5: i32 negative = 3
  i32 implicit
}

struct Twins { 1: i32 fooBar, 2: i32 foo_bar, 3: i32 FooBar }
enum Twin { fooBar, foo_bar, FOO_BAR }
union Either { 1: string left, 2: string Left, 3: string Self, 4: string None }

/** Holds itself, */
union Tree {
  /** by itself, */
  1: Tree tree,
  /** or through an alias. */
  2: Alias alias,
  3: Node node,
  4: list<Tree> trees
}
typedef Tree Alias
struct Node { 1: Tree tree, 2: Node node }
typedef Node Knot
struct Rope { 1: Tangle tangle }
typedef Rope Tangle

/** Hashed. */
struct Key { 1: double number, 2: set<i32> numbers, 3: map<string, Inner> inner, 4: Weight weight }
struct Inner { 1: double x = 1.5, 2: list<set<string>> names }
typedef double Weight
struct Keyed {
  1: set<Key> keys,
  2: map<Key, double> map,
  3: set<set<double>> sets = [[1.0, 2], []],
  4: map<map<i32, set<double>>, list<double>> deep
  5: map<Weight, i32> weights
}

typedef string Name
typedef Name Name2
typedef list<Name2> Names
typedef Color Paint

const i32 MAX = 5
const string hello = "say \"hi\"\\\n\t'é' /* // # */"
const binary BYTES = "bytes"
const double PI = 3.14159
const double BIG = 1e300
const bool YES = true
const Color FAVOURITE = Color.self
const Paint PAINT = Color.RED
const Name NAME = "name"
const Name2 NAME2 = NAME
const Names NAMES = [NAME, "b"]
const list<list<i32>> NESTED = [[1, 2], [MAX]]
const map<string, list<string>> TABLE = {"a": ["b", NAME], hello: []}
const set<Color> COLORS = [Color.RED, Color.self]
const map<set<i32>, map<string, set<string>>> DEEP = {[1, 2]: {"a": ["b"]}}
const uuid ID = "00112233-4455-6677-8899-aabbccddeeff"
const Default RECORD = {"clone": {"default": 3}, "color": Color.RED}
const Either EITHER = {"left": "x"}
const Node NODE = {"node": {"node": {}}, "tree": {"tree": {"trees": []}}}
const set<Key> KEYS = [{"number": 1, "numbers": [2], "weight": 2.5}]
const awkward.base.Shared SHARED = {"id": awkward.base.FIRST}
const map<i64, i64> EMPTY = {}

exception Error { 1: string message, 2: Tree tree }
exception Exception { 1: required i32 code }

service Default_ {
  void ping()
}

/** Serves awkward names. */
service echo extends awkward.base.base_service {
  /** Says hello.
   * @param self the one
   */
  Result type(1: string self, 2: optional i32 match = 4, 3: optional list<Key> fn) throws (1: Error ok, 2: Exception err)
  oneway void send(1: Send send),
  void clone(1: i32 cx, 2: i32 req, 3: i32 resp, 4: Self Self),
  Self Self(string implicit, i32 also),
  set<set<i32>> tables(1: map<set<i32>, string> tables, 2: optional set<list<map<i32, i32>>> more) throws (1: Error e)
  Option with_callopt(1: Option opt),
  T generics(1: S S, 2: T T, 3: Opt Opt),
  double fooBar(1: double fooBar, 2: double foo_bar),
  double foo_bar(1: map<double, double> numbers),
  list<awkward.base.Shared> shared(1: awkward.base.Shared shared, 2: uuid id, 3: binary bytes),
  awkward.base.Result drop(),
  void self() throws (Error _a, Exception _b),
}

service Send_ { i32 call(1: i32 x) }
service Self_ extends echo {}
