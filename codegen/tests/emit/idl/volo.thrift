// What a program written for volo-build's code calls: see ../volo_program.rs.
namespace rs shop

enum Size { SMALL = 1, LARGE = 2 }

struct Item { 1: required i64 id, 2: string title, 3: optional Size size }

/** There is no such item. */
exception NotFound { 1: required i64 id }

exception SoldOut { 1: string title }

exception Closed { 1: string message }
typedef Closed ClosedToday

service Base {
    string version()
}

/** Items of a shop. */
service ItemService extends Base {
    /** One item. */
    Item get_item(/** Which one. */ 1: i64 id, 2: optional string language) throws (1: NotFound not_found, 2: SoldOut sold_out)
    list<Item> search(1: string text, 2: set<Size> sizes)
    void put_item(1: Item item) throws (1: ClosedToday closed)
    oneway void touch(1: i64 id)
    string fail(1: i32 code = 7)
    string greet(1: string name = "you", 2: optional i32 times = 2, 3: optional i64 other)
}

service Orders {
    i64 order(1: Item item)
}

service Nothing {}
