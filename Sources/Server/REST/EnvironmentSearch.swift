import Foundations
import JSON
import Sessions

extension EnvironmentDirectory {
    /// The summaries that have all words in name, title, description or tags, and all tags.
    ///
    /// - Parameter text: Words; upper and lower case are alike.
    package func search(_ text: String, tags: [String], caller: Caller) async throws(Failure) -> [JSONValue] {
        let words = text.lowercased().split { $0.isWhitespace }
        return try await list(caller: caller).filter { environment in
            let own = environment["tags"]?.array?.compactMap(\.string) ?? []
            let fields = ["name", "title", "description"].compactMap { environment[$0]?.string } + own
            let content = fields.joined(separator: "\n").lowercased()
            return words.allSatisfy { content.contains($0) } && tags.allSatisfy { own.contains($0) }
        }
    }
}
