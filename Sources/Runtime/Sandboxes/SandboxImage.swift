import Containers

/// What a container is made of.
///
/// Its own environment comes first, that of the specification is laid over it. Without a command it starts what the
/// image says.
public struct SandboxImage: Sendable, Hashable {
    /// A tag, `name@sha256:…`, or an id.
    public var reference: String
    public var pull: PullPolicy
    /// The id that it had before, `sha256:…`; nil takes whatever the reference means now.
    public var id: String?
    /// Beside those that name the server.
    public var labels: [String: String]

    public init(_ reference: String, pull: PullPolicy = .missing, id: String? = nil, labels: [String: String] = [:]) {
        self.reference = reference
        self.pull = pull
        self.id = id
        self.labels = labels
    }
}
