// Sets and maps inside keys; doubles beside them and inside of them.
typedef map<set<i32>, double> Doubles
typedef map<set<i32>, list<double>> Lists
struct Fields {
  1: map<set<i32>, double> doubles
  2: optional map<set<i32>, list<double>> lists
  3: required map<map<i32, double>, list<double>> ordered
  4: Doubles aliased
  5: list<map<list<set<double>>, map<string, double>>> deep
  6: set<map<string, list<double>>> values
}
struct Key { 1: list<double> xs; 2: map<string, double> by_name; 3: required set<list<double>> sets; 4: Row row }
typedef list<double> Row
union Arm { 1: map<set<i32>, double> doubles; 2: map<set<i32>, list<double>> lists; 3: Key key; 4: set<list<double>> sets }
exception Refused { 1: map<set<i32>, double> doubles }
const map<set<i32>, double> DOUBLES = {[1, 2]: 0.5}
const map<list<double>, i32> ROWS = {[0.5, 1]: 1}
struct Defaults { 1: map<set<i32>, list<double>> lists = {[1]: [0.5]}; 2: map<map<i32, double>, i32> ordered = {{1: 0.5}: 2} }
service Nested {
  map<set<i32>, double> doubles(1: map<set<i32>, double> doubles, 2: optional map<set<i32>, double> more) throws (1: Refused refused)
  map<set<i32>, list<double>> lists(1: map<set<i32>, list<double>> lists, 2: Lists aliased)
  map<Key, i32> keys(1: map<Key, i32> keys, 2: Arm arm)
  set<map<i32, double>> ordered(1: set<map<i32, double>> ordered, 2: map<map<i32, list<double>>, i32> lists)
}
