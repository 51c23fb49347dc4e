// Fields and arguments without ids.
struct A { i32 a, string b, 1: i32 c, list<A> more }
union U { i32 a, 7: string b, bool c }
exception X { string message }
service Implicit { A get(A a, i32 b, 3: U u) throws (X x) }
