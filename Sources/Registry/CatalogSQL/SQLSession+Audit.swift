import AccessKeys
import Catalog
import Foundations
import JSON

extension SQLSession where Self: ~Copyable {
    /// Appends to the audit log; the last thing that a transaction does, because others wait for it from here on.
    @discardableResult
    public borrowing func audit(_ act: AuditAct, by actor: AuditActor, at time: Timestamp) throws -> AuditRecord {
        try lock("audit")
        let last = try first("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1", [])
        // PostgreSQL keeps no NUL, and the hash is of what is kept.
        let object = act.object.filter { $0 != "\0" }
        let act = AuditAct(act.action, object, act.outcome, details: act.details)
        let record = AuditRecord(
            sequence: (last?.integer(0) ?? 0) + 1, at: time, actor: actor, act: act,
            previous: last?.text(1) ?? AuditRecord.origin)
        try change(
            """
            INSERT INTO audit (sequence, happened_at, actor, access_key, action, object, outcome, details, previous, \
            hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .integer(record.sequence), .integer(time.microseconds), .text(actor.id),
                actor.key.map(SQLValue.text) ?? .null, .text(act.action), .text(act.object),
                .text(act.outcome.rawValue), .json(.object(act.details)), .text(record.previous), .text(record.hash),
            ])
        return record
    }

    public borrowing func audit(_ filter: AuditFilter, after: Int64, limit: Int) throws -> [AuditRecord] {
        var conditions = ["sequence > $1"]
        var values: [SQLValue] = [.integer(after)]
        let wanted = [
            ("actor", filter.actor), ("action", filter.action), ("object", filter.object),
            ("outcome", filter.outcome?.rawValue),
        ]
        for case (let column, let value?) in wanted {
            values.append(.text(value))
            conditions.append("\(column) = $\(values.count)")
        }
        let found = try rows(
            """
            SELECT sequence, happened_at, actor, access_key, action, object, outcome, details, previous, hash \
            FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence LIMIT \(limit)
            """, values)
        return found.map { row in
            // What cannot be read is told by its hash.
            let details = (try? JSONValue(parsing: row.text(7)))?.object ?? [:]
            let outcome = AuditAct.Outcome(rawValue: row.text(6)) ?? .done
            return AuditRecord(
                sequence: row.integer(0), at: Timestamp(microseconds: row.integer(1)),
                actor: AuditActor(id: row.text(2), key: row.optionalText(3)),
                act: AuditAct(row.text(4), row.text(5), outcome, details: details), previous: row.text(8),
                hash: row.text(9))
        }
    }
}

extension Principal {
    var actor: AuditActor { AuditActor(id: id, key: key) }
}
