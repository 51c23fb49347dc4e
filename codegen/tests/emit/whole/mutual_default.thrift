// Records that contain each other, with defaults that end.
struct A { 1: optional B b = {"x": 2}; 2: i32 y = 7 }
struct B { 1: i32 x; 2: optional A a }
union Node { 1: i32 leaf; 2: Node inner; 3: list<Node> nodes }
struct Holder { 1: Node node = {"inner": {"leaf": 1}}; 2: optional Node other = {"nodes": [{"leaf": 1}]}; 3: required A a = {"y": 1} }
typedef B Other
struct Through { 1: optional Other other = {"x": 3, "a": {"y": 1}} }
struct Required { 1: required Through through; 2: required Node node = {"leaf": 2} }
const A START = {"b": {"x": 4, "a": {"y": 5}}}
service Mutual { A a(1: A a = {"b": {"x": 2}}, 2: B b, 3: Holder holder, 4: Required required) }
