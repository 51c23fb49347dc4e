namespace rs sample.base

/** What both IDLs of the sample include. */
struct Product {
    1: string name
    2: optional i64 price
}

service Health {
    /** Inherited by the service of the first IDL. */
    bool healthy()
}
