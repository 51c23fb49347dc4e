// Constants and defaults that are unions and uuids, or hold them.
union U { 1: i32 number; 2: string text; 3: list<U> more; 4: uuid id }
typedef U Alias
struct A {
  1: U u = {"number": 1}
  2: optional Alias text = {"text": "a"}
  3: list<U> more = [{"number": 1}, {"more": [{"id": "00112233-4455-6677-8899-aabbccddeeff"}]}]
  4: uuid id = "00112233-4455-6677-8899-aabbccddeeff"
  5: map<uuid, U> by_id = {"00112233-4455-6677-8899-aabbccddeeff": {"number": 2}}
  6: required uuid required_id = "00112233-4455-6677-8899-aabbccddeeff"
  7: set<uuid> ids = ["00112233-4455-6677-8899-aabbccddeeff"]
  8: U same = SAME
}
exception X { 1: U u = {"text": "x"} }
const U SAME = {"number": 3}
const uuid ID = "00112233-4455-6677-8899-aabbccddeeff"
const list<Alias> ALL = [{"number": 1}, SAME]
const A WHOLE = {"u": {"number": 5}, "id": ID}
service Values { A get(1: U u = {"number": 1}, 2: uuid id = "00112233-4455-6677-8899-aabbccddeeff") throws (1: X x) }
