// What encoding and decoding are measured with.

namespace rs speed

struct Small {
    1: i64 id
    2: string name
    3: bool flag
    4: optional double weight
}

struct Deep {
    1: i32 value
    2: optional Deep next
    3: string text
}

struct Lists {
    1: list<i64> numbers
    2: list<double> reals
    3: list<string> texts
    4: list<Small> items
    5: map<string, i64> counts
    6: list<bool> flags
}

struct Wide {
    1: i32 field1
    2: i64 field2
    3: optional bool field3
    4: string field4
    5: double field5
    6: optional i16 field6
    7: binary field7
    8: byte field8
    9: optional list<i32> field9
    10: Small field10
    11: i32 field11
    12: optional i64 field12
    13: bool field13
    14: string field14
    15: optional double field15
    16: i16 field16
    17: binary field17
    18: optional byte field18
    19: list<i32> field19
    20: Small field20
    21: optional i32 field21
    22: i64 field22
    23: bool field23
    24: optional string field24
    25: double field25
    26: i16 field26
    27: optional binary field27
    28: byte field28
    29: list<i32> field29
    30: optional Small field30
    31: i32 field31
    32: i64 field32
    33: optional bool field33
    34: string field34
    35: double field35
    36: optional i16 field36
    37: binary field37
    38: byte field38
    39: optional list<i32> field39
    40: Small field40
    41: i32 field41
    42: optional i64 field42
    43: bool field43
    44: string field44
    45: optional double field45
    46: i16 field46
    47: binary field47
    48: optional byte field48
    49: list<i32> field49
    50: Small field50
    51: optional i32 field51
    52: i64 field52
    53: bool field53
    54: optional string field54
    55: double field55
    56: i16 field56
    57: optional binary field57
    58: byte field58
    59: list<i32> field59
    60: optional Small field60
    61: i32 field61
    62: i64 field62
    63: optional bool field63
    64: string field64
    65: double field65
    66: optional i16 field66
    67: binary field67
    68: byte field68
    69: optional list<i32> field69
    70: Small field70
    71: i32 field71
    72: optional i64 field72
    73: bool field73
    74: string field74
    75: optional double field75
    76: i16 field76
    77: binary field77
    78: optional byte field78
    79: list<i32> field79
    80: Small field80
    81: optional i32 field81
    82: i64 field82
    83: bool field83
    84: optional string field84
    85: double field85
    86: i16 field86
    87: optional binary field87
    88: byte field88
    89: list<i32> field89
    90: optional Small field90
    91: i32 field91
    92: i64 field92
    93: optional bool field93
    94: string field94
    95: double field95
    96: optional i16 field96
    97: binary field97
    98: byte field98
    99: optional list<i32> field99
    100: Small field100
}
