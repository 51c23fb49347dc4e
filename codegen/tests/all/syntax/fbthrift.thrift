include "thrift/annotation/thrift.thrift" as t
package "example.com/things"
namespace hack "example"
hs_include "x.hs"

@thrift.Experimental{reason = "because"}
struct Point {
  @thrift.Box
  1: optional i32 x
  2: Other (cpp.ref = "1") other
  3: float weight
  4: hash_map<string, i32> counts
}

const Point ORIGIN = Point{x = 1}

safe transient server exception Failure {
  1: string why
}

interaction Session {
  void step()
}

service Streams {
  stream<Point> points()
  readonly i32 count()
  i32, stream<Point> both()
}
