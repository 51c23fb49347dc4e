// What the code of pilota-build's own does not compile for: ids below zero, uuids that are not a field's own, and
// doubles in what is hashed.

namespace rs only_ours

struct Ids {
    i32 first
    bool second
    -7: optional string third
}

struct Uuids {
    1: list<uuid> all
    2: set<uuid> distinct
    3: map<uuid, uuid> pairs
}

union Key {
    1: double real
    2: string text
}

struct Doubles {
    1: map<double, i32> by_number
    2: set<double> distinct
    3: map<Key, list<double>> keyed
    4: map<set<i32>, list<double>> lists
}
