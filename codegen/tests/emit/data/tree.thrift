namespace rs tree

enum Color { RED = 1 }
typedef map<string, Color> Colors

union Tree {
    1: Tree left
    2: list<Tree> all
    3: string leaf
}

struct Place {
    1: required double x (pilota.serde_attribute = "#[serde(rename = \"X\")]")
    2: uuid id
    3: binary bytes
    4: Colors colors
    5: set<double> numbers
    6: Tree tree
}
