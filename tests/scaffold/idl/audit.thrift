include "base.thrift"

namespace rs audit.log

exception Full {
    1: i64 limit
}

/** Has the name of the service of another IDL, but for the case, and so one trait's name in another module. */
service echo extends base.Health {
    void write(1: string type, 2: list<base.Item> items) throws (1: Full full)
    oneway void forget()
}

service Empty {}
