namespace rs sample.echo

struct Request {
    1: string message
}

service Echo {
    Request echo(1: Request req)
}
