// Several members of one value.
enum E { P, Q = -1, R, S = -1 }
enum Zero { A = 0, B = 0, a = 0 }
typedef E Alias
struct Holder { 1: E e = E.R; 2: Alias alias = 0; 3: map<E, i32> by_e; 4: required Zero zero = Zero.B }
const E FIRST = E.P
const E SECOND = E.R
const map<E, string> NAMES = {E.P: "p", E.Q: "q"}
service Enums { E e(1: E e = E.R, 2: Zero zero) }
