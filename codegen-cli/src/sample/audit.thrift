include "base.thrift"

namespace rs sample.audit

/** Its first method sends no answer. */
service AuditLog {
    oneway void log(1: base.Product item)
    i64 count()
}

service Asking {
    base.Product first(1: string name)
}
