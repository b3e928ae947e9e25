import Foundations
import JSON

/// Sessions by whom they were forked from.
struct SessionTree {
    private var roots: [JSONValue] = []
    private var children: [String: [JSONValue]] = [:]

    /// - Parameters:
    ///   - sessions: Oldest first.
    ///   - root: Only this one and what descends from it; nil: all.
    init(_ sessions: [JSONValue], root: String?) {
        let known = Set(sessions.compactMap { $0["id"]?.string })
        for session in sessions {
            if let parent = session["parent"]?.string, known.contains(parent) {
                children[parent, default: []].append(session)
            } else if root == nil {
                roots.append(session)
            }
            if let root, session["id"]?.string == root { roots.append(session) }
        }
    }

    var isEmpty: Bool { roots.isEmpty }

    /// One line for each session, children below their parent.
    var text: String {
        var lines: [String] = []
        // A chain of forks may be deeper than any stack.
        var next = roots.reversed().map { (session: $0, indent: "", branch: "") }
        while let (session, indent, branch) = next.popLast() {
            lines.append(indent + branch + describe(session))
            let below = children[session["id"]?.string ?? ""] ?? []
            let deeper = indent + (branch.isEmpty ? "" : branch.hasPrefix("└") ? "   " : "│  ")
            for (place, child) in below.enumerated().reversed() {
                next.append((child, deeper, place == below.count - 1 ? "└─ " : "├─ "))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func describe(_ session: JSONValue) -> String {
        var words = [session.words("id"), session.words("environment"), session.words("state")]
        words.append("at \(session.words("index"))")
        if session["parent"]?.string != nil { words.append("branched at \(session.words("branched_at"))") }
        return words.joined(separator: "  ")
    }

    /// The same as nested objects: sessions with their `children`.
    var json: JSONValue {
        var made: [String: JSONValue] = [:]
        let all = roots + children.values.flatMap { $0 }
        // Ids are in the order of time, so that children come before their parents here.
        for session in all.sorted(by: { $0.words("id") > $1.words("id") }) {
            var session = session
            let below = children[session.words("id")] ?? []
            session["children"] = .array(below.compactMap { made.removeValue(forKey: $0.words("id")) })
            made[session.words("id")] = session
        }
        return ["sessions": .array(roots.compactMap { made[$0.words("id")] })]
    }
}
