namespace rs shop.v1

enum Color {
    RED = 1,
    GREEN = 2,
}

typedef map<string, list<double>> Prices

/** A thing. */
struct Item {
    1: required string name,
    2: optional binary picture,
    3: Color color = Color.GREEN,
    4: set<i64> numbers,
    5: set<double> ordered,
    6: Prices prices,
    7: optional Item part,
}

union Choice {
    1: string word,
    2: Item item,
}

exception Gone {
    1: string why,
}

service Shop {
    Item find(1: string name, 2: Choice choice) throws (1: Gone gone),
    oneway void ping(),
}

service Hidden {
    void never(),
}
