include "base.thrift"

namespace rs sample.shop

exception NotFound {
    1: string reason
}

exception Closed {}

/**
 * A shop: methods of every form.
 *
 * The second paragraph of its documentation.
 */
service Shop extends base.Health {
    /** Finds an item. */
    base.Product find(1: string name, 2: i32 limit) throws (1: NotFound not_found, 2: Closed closed)
    list<base.Product> all()
    void open(1: bool type)
    oneway void ping()
}

service Throwing {
    void fail(1: map<string, list<base.Product>> items) throws (1: Closed closed)
}

service Empty {}
