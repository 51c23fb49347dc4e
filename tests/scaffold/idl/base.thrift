enum Kind {
    A = 1,
    B = 2
}

struct Item {
    1: string name
    2: optional Kind type
    3: list<i32> ref
    4: i32 async_ = 7
}

struct Self_ {
    1: required string self
}

union Choice {
    1: i32 number
    2: string text
}

exception NotFound {
    1: string message
}

exception Closed {
}

service Health {
    string ping()
}
