namespace rs docs

/** Doc of a typedef. */
typedef i32 Number

/** Doc of an enum. */
enum Color {
  /** Doc of a member. */
  RED
  /** Doc of another member. */
  GREEN
}

/** Doc of a constant. */
const list<i32> NUMBERS = [1]

/** Doc of a struct with a default. */
struct Point {
  /** Doc of a field. */
  1: i32 x = 1
  /** Doc of a field. */
  2: optional i32 y
}

/** Doc of a plain struct. */
struct Plain {}

/** Doc of a union. */
union Shape {
  /** Doc of an alternative. */
  1: Point point
}

/** Doc of an exception. */
exception Failed {
  /** Doc of its field. */
  1: string why
}

/** Doc of a service. */
service Draw {
  /** Doc of a method. */
  void draw(
    /** Doc of an argument. */
    1: Shape shape
  ) throws (1: Failed failed)
}

/** Doc of a child. */
service Paint extends Draw {
  /** Doc of a method of the child. */
  oneway void paint()
}
