// Twenty typedefs, each of two of the one before: as a type without names it has a million parts.
typedef map<i32, i32> T0
typedef map<T0, T0> T1
typedef map<T1, T1> T2
typedef map<T2, T2> T3
typedef map<T3, T3> T4
typedef map<T4, T4> T5
typedef map<T5, T5> T6
typedef map<T6, T6> T7
typedef map<T7, T7> T8
typedef map<T8, T8> T9
typedef map<T9, T9> T10
typedef map<T10, T10> T11
typedef map<T11, T11> T12
typedef map<T12, T12> T13
typedef map<T13, T13> T14
typedef map<T14, T14> T15
typedef map<T15, T15> T16
typedef map<T16, T16> T17
typedef map<T17, T17> T18
typedef map<T18, T18> T19
typedef map<T19, T19> T20
struct Holder { 1: T20 t; 2: required T19 required_t; 3: map<T20, T20> more }
service Chained { T20 get(1: T20 t) }
