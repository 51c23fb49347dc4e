// Types and namespaces named as what generated code writes itself.
namespace rs volplane_runtime.inner

struct A { 1: optional A again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct B { 1: optional B again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct C { 1: optional C again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct D { 1: optional D again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct E { 1: optional E again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct F { 1: optional F again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct G { 1: optional G again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct H { 1: optional H again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct I { 1: optional I again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct J { 1: optional J again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct K { 1: optional K again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct L { 1: optional L again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct M { 1: optional M again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct N { 1: optional N again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct O { 1: optional O again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct P { 1: optional P again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Q { 1: optional Q again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct R { 1: optional R again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct S { 1: optional S again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct T { 1: optional T again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct U { 1: optional U again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct V { 1: optional V again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct W { 1: optional W again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct X { 1: optional X again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Y { 1: optional Y again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Z { 1: optional Z again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Record { 1: optional Record again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Value { 1: optional Value again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Fields { 1: optional Fields again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct FieldWriter { 1: optional FieldWriter again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Message { 1: optional Message again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct TType { 1: optional TType again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Outcome { 1: optional Outcome again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Reply { 1: optional Reply again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Unanswered { 1: optional Unanswered again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Returned { 1: optional Returned again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Calls { 1: optional Calls again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct CallsOnce { 1: optional CallsOnce again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct BoxService { 1: optional BoxService again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Server { 1: optional Server again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct ClientBuilder { 1: optional ClientBuilder again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Error { 1: optional Error again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Into { 1: optional Into again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Iterator { 1: optional Iterator again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Future { 1: optional Future again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Fn { 1: optional Fn again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Drop { 1: optional Drop again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Option { 1: optional Option again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Result { 1: optional Result again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Vec { 1: optional Vec again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Ok { 1: optional Ok again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Some { 1: optional Some again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct None { 1: optional None again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Err { 1: optional Err again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Self { 2: required i32 x = 1 }
struct Send { 1: optional Send again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Sync { 1: optional Sync again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Sized { 1: optional Sized again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct From { 1: optional From again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Default { 1: optional Default again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Clone { 1: optional Clone again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Debug { 1: optional Debug again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct PartialEq { 1: optional PartialEq again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Hash { 1: optional Hash again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Ord { 1: optional Ord again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Eq { 1: optional Eq again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Copy { 1: optional Copy again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Display { 1: optional Display again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct FastStr { 1: optional FastStr again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Bytes { 1: optional Bytes again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct AHashMap { 1: optional AHashMap again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct AHashSet { 1: optional AHashSet again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct BTreeMap { 1: optional BTreeMap again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct OrderedFloat { 1: optional OrderedFloat again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct str { 1: optional str again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct u8 { 1: optional u8 again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct I32 { 2: required double x = 1 }
struct f64 { 1: optional f64 again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct usize { 1: optional usize again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct Arguments { 1: optional Arguments again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct concat { 1: optional concat again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct stringify { 1: optional stringify again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct write { 1: optional write again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct format { 1: optional format again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct vec { 1: optional vec again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct println { 1: optional println again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
struct matches { 1: optional matches again; 2: required i32 x = 1; 3: double d; 4: list<i32> list = [1] }
exception Exc { 1: A a; 2: required T t; 3: S s; 4: W w; 5: E e }
union Un { 1: T t; 2: S s; 3: W w; 4: Ok ok; 5: Err err; 6: Result result }
typedef T Tee
typedef map<T, list<S>> Table
struct Uses { 1: A f0 = {}; 2: B f1; 3: C f2; 4: D f3 = {}; 5: E f4; 6: F f5; 7: G f6 = {}; 8: H f7; 9: I f8; 10: J f9 = {}; 11: K f10; 12: L f11; 13: M f12 = {}; 14: N f13; 15: O f14; 16: P f15 = {}; 17: Q f16; 18: R f17; 19: S f18 = {}; 20: T f19; 21: U f20; 22: V f21 = {}; 23: W f22; 24: X f23; 25: Y f24 = {}; 26: Z f25; 27: Record f26; 28: Value f27 = {}; 29: Fields f28; 30: FieldWriter f29; 31: Message f30 = {}; 32: TType f31; 33: Outcome f32; 34: Reply f33 = {}; 35: Unanswered f34; 36: Returned f35; 37: Calls f36 = {}; 38: CallsOnce f37; 39: BoxService f38; 40: Server f39 = {}; 41: ClientBuilder f40; 42: Error f41; 43: Into f42 = {}; 44: Iterator f43; 45: Future f44; 46: Fn f45 = {}; 47: Drop f46; 48: Option f47; 49: Result f48 = {}; 50: Vec f49; 51: Ok f50; 52: Some f51 = {}; 53: None f52; 54: Err f53; 55: Self f54 = {}; 56: Send f55; 57: Sync f56; 58: Sized f57 = {}; 59: From f58; 60: Default f59; 61: Clone f60 = {}; 62: Debug f61; 63: PartialEq f62; 64: Hash f63 = {}; 65: Ord f64; 66: Eq f65; 67: Copy f66 = {}; 68: Display f67; 69: FastStr f68; 70: Bytes f69 = {}; 71: AHashMap f70; 72: AHashSet f71; 73: BTreeMap f72 = {}; 74: OrderedFloat f73; 75: str f74; 76: u8 f75 = {}; 78: f64 f77; 79: usize f78 = {}; 80: Arguments f79; 81: concat f80; 82: stringify f81 = {}; 83: write f82; 84: format f83; 85: vec f84 = {}; 86: println f85; 87: matches f86 }
service Svc {
  A m0(1: A a, 2: optional A b, 3: A c = {}) throws (1: Exc e)
  B m1(1: B a, 2: optional B b, 3: B c = {}) throws (1: Exc e)
  C m2(1: C a, 2: optional C b, 3: C c = {}) throws (1: Exc e)
  D m3(1: D a, 2: optional D b, 3: D c = {}) throws (1: Exc e)
  E m4(1: E a, 2: optional E b, 3: E c = {}) throws (1: Exc e)
  F m5(1: F a, 2: optional F b, 3: F c = {}) throws (1: Exc e)
  G m6(1: G a, 2: optional G b, 3: G c = {}) throws (1: Exc e)
  H m7(1: H a, 2: optional H b, 3: H c = {}) throws (1: Exc e)
  I m8(1: I a, 2: optional I b, 3: I c = {}) throws (1: Exc e)
  J m9(1: J a, 2: optional J b, 3: J c = {}) throws (1: Exc e)
  K m10(1: K a, 2: optional K b, 3: K c = {}) throws (1: Exc e)
  L m11(1: L a, 2: optional L b, 3: L c = {}) throws (1: Exc e)
  M m12(1: M a, 2: optional M b, 3: M c = {}) throws (1: Exc e)
  N m13(1: N a, 2: optional N b, 3: N c = {}) throws (1: Exc e)
  O m14(1: O a, 2: optional O b, 3: O c = {}) throws (1: Exc e)
  P m15(1: P a, 2: optional P b, 3: P c = {}) throws (1: Exc e)
  Q m16(1: Q a, 2: optional Q b, 3: Q c = {}) throws (1: Exc e)
  R m17(1: R a, 2: optional R b, 3: R c = {}) throws (1: Exc e)
  S m18(1: S a, 2: optional S b, 3: S c = {}) throws (1: Exc e)
  T m19(1: T a, 2: optional T b, 3: T c = {}) throws (1: Exc e)
  U m20(1: U a, 2: optional U b, 3: U c = {}) throws (1: Exc e)
  V m21(1: V a, 2: optional V b, 3: V c = {}) throws (1: Exc e)
  W m22(1: W a, 2: optional W b, 3: W c = {}) throws (1: Exc e)
  X m23(1: X a, 2: optional X b, 3: X c = {}) throws (1: Exc e)
  Y m24(1: Y a, 2: optional Y b, 3: Y c = {}) throws (1: Exc e)
  Z m25(1: Z a, 2: optional Z b, 3: Z c = {}) throws (1: Exc e)
  Record m26(1: Record a, 2: optional Record b, 3: Record c = {}) throws (1: Exc e)
  Value m27(1: Value a, 2: optional Value b, 3: Value c = {}) throws (1: Exc e)
  Fields m28(1: Fields a, 2: optional Fields b, 3: Fields c = {}) throws (1: Exc e)
  FieldWriter m29(1: FieldWriter a, 2: optional FieldWriter b, 3: FieldWriter c = {}) throws (1: Exc e)
  Message m30(1: Message a, 2: optional Message b, 3: Message c = {}) throws (1: Exc e)
  TType m31(1: TType a, 2: optional TType b, 3: TType c = {}) throws (1: Exc e)
  Outcome m32(1: Outcome a, 2: optional Outcome b, 3: Outcome c = {}) throws (1: Exc e)
  Reply m33(1: Reply a, 2: optional Reply b, 3: Reply c = {}) throws (1: Exc e)
  Unanswered m34(1: Unanswered a, 2: optional Unanswered b, 3: Unanswered c = {}) throws (1: Exc e)
  Returned m35(1: Returned a, 2: optional Returned b, 3: Returned c = {}) throws (1: Exc e)
  Calls m36(1: Calls a, 2: optional Calls b, 3: Calls c = {}) throws (1: Exc e)
  CallsOnce m37(1: CallsOnce a, 2: optional CallsOnce b, 3: CallsOnce c = {}) throws (1: Exc e)
  BoxService m38(1: BoxService a, 2: optional BoxService b, 3: BoxService c = {}) throws (1: Exc e)
  Server m39(1: Server a, 2: optional Server b, 3: Server c = {}) throws (1: Exc e)
  ClientBuilder m40(1: ClientBuilder a, 2: optional ClientBuilder b, 3: ClientBuilder c = {}) throws (1: Exc e)
  Error m41(1: Error a, 2: optional Error b, 3: Error c = {}) throws (1: Exc e)
  Into m42(1: Into a, 2: optional Into b, 3: Into c = {}) throws (1: Exc e)
  Iterator m43(1: Iterator a, 2: optional Iterator b, 3: Iterator c = {}) throws (1: Exc e)
  Future m44(1: Future a, 2: optional Future b, 3: Future c = {}) throws (1: Exc e)
  Fn m45(1: Fn a, 2: optional Fn b, 3: Fn c = {}) throws (1: Exc e)
  Drop m46(1: Drop a, 2: optional Drop b, 3: Drop c = {}) throws (1: Exc e)
  Option m47(1: Option a, 2: optional Option b, 3: Option c = {}) throws (1: Exc e)
  Result m48(1: Result a, 2: optional Result b, 3: Result c = {}) throws (1: Exc e)
  Vec m49(1: Vec a, 2: optional Vec b, 3: Vec c = {}) throws (1: Exc e)
  Ok m50(1: Ok a, 2: optional Ok b, 3: Ok c = {}) throws (1: Exc e)
  Some m51(1: Some a, 2: optional Some b, 3: Some c = {}) throws (1: Exc e)
  None m52(1: None a, 2: optional None b, 3: None c = {}) throws (1: Exc e)
  Err m53(1: Err a, 2: optional Err b, 3: Err c = {}) throws (1: Exc e)
  Self m54(1: Self a, 2: optional Self b, 3: Self c = {}) throws (1: Exc e)
  Send m55(1: Send a, 2: optional Send b, 3: Send c = {}) throws (1: Exc e)
  Sync m56(1: Sync a, 2: optional Sync b, 3: Sync c = {}) throws (1: Exc e)
  Sized m57(1: Sized a, 2: optional Sized b, 3: Sized c = {}) throws (1: Exc e)
  From m58(1: From a, 2: optional From b, 3: From c = {}) throws (1: Exc e)
  Default m59(1: Default a, 2: optional Default b, 3: Default c = {}) throws (1: Exc e)
  Clone m60(1: Clone a, 2: optional Clone b, 3: Clone c = {}) throws (1: Exc e)
  Debug m61(1: Debug a, 2: optional Debug b, 3: Debug c = {}) throws (1: Exc e)
  PartialEq m62(1: PartialEq a, 2: optional PartialEq b, 3: PartialEq c = {}) throws (1: Exc e)
  Hash m63(1: Hash a, 2: optional Hash b, 3: Hash c = {}) throws (1: Exc e)
  Ord m64(1: Ord a, 2: optional Ord b, 3: Ord c = {}) throws (1: Exc e)
  Eq m65(1: Eq a, 2: optional Eq b, 3: Eq c = {}) throws (1: Exc e)
  Copy m66(1: Copy a, 2: optional Copy b, 3: Copy c = {}) throws (1: Exc e)
  Display m67(1: Display a, 2: optional Display b, 3: Display c = {}) throws (1: Exc e)
  FastStr m68(1: FastStr a, 2: optional FastStr b, 3: FastStr c = {}) throws (1: Exc e)
  Bytes m69(1: Bytes a, 2: optional Bytes b, 3: Bytes c = {}) throws (1: Exc e)
  AHashMap m70(1: AHashMap a, 2: optional AHashMap b, 3: AHashMap c = {}) throws (1: Exc e)
  AHashSet m71(1: AHashSet a, 2: optional AHashSet b, 3: AHashSet c = {}) throws (1: Exc e)
  BTreeMap m72(1: BTreeMap a, 2: optional BTreeMap b, 3: BTreeMap c = {}) throws (1: Exc e)
  OrderedFloat m73(1: OrderedFloat a, 2: optional OrderedFloat b, 3: OrderedFloat c = {}) throws (1: Exc e)
  str m74(1: str a, 2: optional str b, 3: str c = {}) throws (1: Exc e)
  u8 m75(1: u8 a, 2: optional u8 b, 3: u8 c = {}) throws (1: Exc e)
  f64 m77(1: f64 a, 2: optional f64 b, 3: f64 c = {}) throws (1: Exc e)
  usize m78(1: usize a, 2: optional usize b, 3: usize c = {}) throws (1: Exc e)
  Arguments m79(1: Arguments a, 2: optional Arguments b, 3: Arguments c = {}) throws (1: Exc e)
  concat m80(1: concat a, 2: optional concat b, 3: concat c = {}) throws (1: Exc e)
  stringify m81(1: stringify a, 2: optional stringify b, 3: stringify c = {}) throws (1: Exc e)
  write m82(1: write a, 2: optional write b, 3: write c = {}) throws (1: Exc e)
  format m83(1: format a, 2: optional format b, 3: format c = {}) throws (1: Exc e)
  vec m84(1: vec a, 2: optional vec b, 3: vec c = {}) throws (1: Exc e)
  println m85(1: println a, 2: optional println b, 3: println c = {}) throws (1: Exc e)
  matches m86(1: matches a, 2: optional matches b, 3: matches c = {}) throws (1: Exc e)
  Uses uses(1: Uses uses, 2: Un un, 3: Table table)
}
service Service { void call(1: T t) }
service Trait {}
service Clients { Service2 a() }
struct Service2 {}
