// A union with a double stands as a map's key and a set's element.
union K { 1: double x; 2: i32 i; 3: list<double> xs; 4: map<i32, double> weights }
struct Holder { 1: map<K, i32> by_key; 2: set<K> keys; 3: required map<K, K> both }
typedef map<K, double> Weights
union Either { 1: map<K, string> by_key; 2: K key }
exception Refused { 1: map<K, i32> by_key }
const map<K, i32> NUMBERS = {{"x": 1.5}: 1, {"i": 2}: 2, {"xs": [1, 2.5]}: 3}
service Keys {
  map<K, i32> get(1: map<K, i32> by_key, 2: set<K> keys, 3: Either either) throws (1: Refused refused)
}
