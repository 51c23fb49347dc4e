namespace rs my.type

/** Of both. */
struct Shared { 1: i64 id = FIRST, 2: Result result }
struct Result { 1: Shared shared }
const i64 FIRST = 0x7fffffffffffffff

exception Error { 1: string message }

service base_service {
  /** Inherited. */
  Shared inherited(1: Shared type, 2: list<Result> results) throws (1: Error error)
  oneway void notify(1: optional string message)
}
