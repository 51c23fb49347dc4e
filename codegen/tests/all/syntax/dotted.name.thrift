include "plain.thrift"

struct Header {
  1: string id
  2: plain.Kind kind
}

service Parent {
  void inherited()
}
