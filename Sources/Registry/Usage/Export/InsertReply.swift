import Foundations
import JSON

/// What an answer of BigQuery's `tabledata.insertAll` means for the rows that were sent.
enum InsertReply: Equatable {
    case stored
    /// Nothing counts as stored; those named are no good, the others go again.
    case refused([Int: String])
    case tooLarge
    case credentialsExpired
    /// The same may succeed later; `after`: as the service asked.
    case tryLater(after: Duration?)
    /// Somebody has to change something first.
    case misconfigured(String)

    /// - Parameter count: How many rows were sent.
    init(status: Int, retryAfter: String?, body: [UInt8], count: Int) {
        let json = try? JSONValue(parsing: body)
        let message = json?["error"]?["message"]?.string ?? ""
        let reason = json?["error"]?["errors"]?.array?.first?["reason"]?.string ?? ""
        let later = InsertReply.tryLater(after: retryAfter.flatMap { Int($0) }.map { .seconds(min(max($0, 0), 3600)) })
        switch status {
        case 200: self = json.map { InsertReply(errors: $0, count: count) } ?? later
        case 401: self = .credentialsExpired
        case 413: self = .tooLarge
        case 400 where message.lowercased().contains("payload size"): self = .tooLarge
        case 403 where ["rateLimitExceeded", "quotaExceeded", "backendError"].contains(reason): self = later
        case 408, 429, 500...599: self = later
        default: self = .misconfigured("status \(status)\(message.isEmpty ? "" : ": \(message.prefix(500))")")
        }
    }

    private init(errors answer: JSONValue, count: Int) {
        let listed = answer["insertErrors"]?.array ?? []
        guard !listed.isEmpty else {
            self = answer.object == nil ? .tryLater(after: nil) : .stored
            return
        }
        var refused: [Int: String] = [:]
        for entry in listed {
            guard let index = entry["index"]?.integer.flatMap({ Int(exactly: $0) }), (0..<count).contains(index) else {
                continue
            }
            let causes = entry["errors"]?.array ?? []
            guard let cause = causes.first(where: { ["invalid", "invalidQuery"].contains($0["reason"]?.string) }) else {
                continue
            }
            let place = cause["location"]?.string.map { "\($0): " } ?? ""
            refused[index] = String((place + (cause["message"]?.string ?? "invalid")).prefix(500))
        }
        self = refused.isEmpty ? .tryLater(after: nil) : .refused(refused)
    }
}

/// How long to wait after failures in a row: 1 s, doubled each time up to 5 min, less up to half of it by chance, so that
/// servers do not come all at once.
struct Backoff {
    private(set) var failures = 0

    mutating func reset() { failures = 0 }

    /// - Parameter chance: From 0 to 1.
    mutating func next(chance: Double) -> Duration {
        failures += 1
        let full = min(300, Double(1 << min(failures - 1, 20)))
        return .seconds(full * (1 - 0.5 * min(max(chance, 0), 1)))
    }
}
