import Foundations

/// What a list of sessions is narrowed to.
public struct SessionFilter: Sendable {
    public var state: String?
    public var environment: String?
    /// Key and value; a nil value asks for the key alone.
    public var label: (key: String, value: String?)?

    public init(state: String? = nil, environment: String? = nil, label: (key: String, value: String?)? = nil) {
        self.state = state
        self.environment = environment
        self.label = label
    }

    func admits(_ session: SessionSummary) -> Bool {
        if let state, session.phase.name != state { return false }
        if let environment, session.environment != environment,
            session.environment.prefix(while: { $0 != "@" }) != environment
        {
            return false
        }
        if let label {
            guard let value = session.labels[label.key] else { return false }
            if let wanted = label.value, wanted != value { return false }
        }
        return true
    }
}

extension SessionService {
    /// Sessions that the caller may read, oldest first.
    ///
    /// - Parameters:
    ///   - cursor: The `next` of the page before.
    ///   - limit: 1 to 1000.
    public func list(
        _ filter: SessionFilter, cursor: String?, limit: Int, caller: Caller
    ) throws(Failure) -> (sessions: [SessionSummary], next: String?) {
        guard (1...1000).contains(limit) else {
            throw Failure(.invalidArgument, "limit \(limit) is not between 1 and 1000")
        }
        var after = ""
        if let cursor {
            guard let id = UniqueID(cursor) else {
                throw Failure(
                    .invalidArgument, "the cursor is none of this list", next: "send the next of the page before")
            }
            after = "\(id)"
        }
        var page: [SessionSummary] = []
        let ordered = sessions.values.map { ("\($0.id)", $0) }.filter { $0.0 > after }.sorted { $0.0 < $1.0 }
        for (_, session) in ordered {
            guard caller.grant(on: session) != nil else { continue }
            let summary = session.summary
            guard filter.admits(summary) else { continue }
            if page.count == limit { return (page, page.last.map { "\($0.id)" }) }
            page.append(summary)
        }
        return (page, nil)
    }
}
