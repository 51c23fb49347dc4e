namespace rs shop.api

include "base.thrift"

/** Where things are sold. */
service Shop extends base.Health {
    /** Finds an item. */
    base.Item find(1: string name, 2: optional i32 max, 3: i64 id) throws (1: base.NotFound missing, 2: base.Closed closed)
    oneway void forget(1: string type)
    void put(1: map<string, list<base.Item>> items, 2: base.Kind kind, 3: binary data, 4: set<string> answer, 5: double peer)
    list<base.Item> match(1: base.Choice self, 2: optional list<string> where)
    void close() throws (1: base.Closed closed)
}

/** A service whose name Rust has a meaning for. */
service Result {
    i32 await(1: i32 fn)
    string Option(1: required base.Self_ loop, 2: optional base.Item r)
}

service Empty {
}
