namespace rs
include "missing.thrift"
include "also missing.thrift"

struct First {
  1: i32 a
  2: string
  3: missing.Thing not_reported_again
  4: Unknown unknown
  5: list<i32 unclosed
  6: i32 fine = 1 +
  7: map<string> one_parameter
  8: required b
}

enum Kind {
  A = "a"
  B = 99999999999
  3
  C
}

const Kind KIND = Kind.A
const i32 NUMBER = ;
const string TEXT = "never closed
const list<i32> LIST = [1, 2

struct Second {
  1: First first
  2 string no_colon
  3: i32 last = NUMBER
}

service Calls extends Nothing {
  void one(1: i32 a, 1: i32 b
  void two()
  i32 three(1: Second s) throw (1: Second s)
  oneway i32 four()
  five()
  void six(1: i32 x y)
}

srtuct Third {
  1: i32 a
}

struct Fourth {
  1: i32 a
  1: i32 b

struct Fifth {
  1: Third third
  2: $ sign
}
