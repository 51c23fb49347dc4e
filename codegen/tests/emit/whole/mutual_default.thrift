// Records that contain each other, with defaults that end.
struct A { 1: optional B b = {"x": 2}; 2: i32 y = 7 }
struct B { 1: i32 x; 2: optional A a; 3: required list<A> more = [{}] }
struct Tree { 1: optional Tree left = {"left": {"left": {"value": 3}}}; 2: i32 value }
union Node { 1: i32 leaf; 2: Node inner; 3: list<Node> nodes }
struct Holder { 1: Node node = {"inner": {"leaf": 1}}; 2: optional Node other = {"nodes": [{"leaf": 1}]} }
typedef B Other
struct Through { 1: optional Other other = {"x": 3, "a": {"y": 1}} }
const A START = {"b": {"x": 4, "a": {"y": 5}}}
service Mutual { A a(1: A a = {"b": {"x": 2}}, 2: B b, 3: Holder holder) }
