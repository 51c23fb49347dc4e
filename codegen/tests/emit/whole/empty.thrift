// Unions without an alternative, enums without a member, records without a field.
union U {}
enum N {}
struct S {}
exception X {}
service Empty {}
struct Holder { 1: required U u; 2: required N n; 3: optional U maybe; 4: N number; 5: list<U> us; 6: map<N, U> by_number; 7: required S s }
union Arms { 1: U u; 2: N n; 3: S s }
typedef U Alias
typedef N Number
service Uses extends Empty {
  void take(1: U u, 2: N n, 3: S s, 4: Holder holder)
  U give() throws (1: X x)
  N number(1: Alias alias, 2: optional Number number, 3: Arms arms)
  oneway void tell(1: U u)
}
