const string DEFAULT = "x"

enum Kind {
  A
  B
}
