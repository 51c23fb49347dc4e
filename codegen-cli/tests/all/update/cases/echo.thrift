namespace rs api

struct Message {
  1: string text
}

exception Refused {
  1: string why
}

service Echo {
  /** Says the same. */
  Message echo(1: Message message)
  i32 count(1: string word, 2: i32 times)
}
