import Catalog
import Foundations
import Manifests
import Sessions

extension Caller {
    /// Whether an environment is there for it at all.
    public func sees(_ name: EnvironmentName) -> Bool { has(.viewer, in: name.namespace ?? "") }

    /// Whether every environment is there for it.
    var seesAll: Bool { grants.namespaces(with: .viewer) == nil }

    /// What it asks for, in what it may see; nil where it may see nothing of that.
    public func visible(_ query: SearchQuery) -> SearchQuery? {
        guard let seen = grants.namespaces(with: .viewer) else { return query }
        var query = query
        let wanted = query.filters[.namespace].map { Set($0) }
        let allowed = seen.filter { wanted?.contains($0) ?? true }
        query.filters[.namespace] = allowed
        return allowed.isEmpty ? nil : query
    }

    /// Itself as the catalog's stores know who changes something.
    ///
    /// - Throws: `permission_denied` unless it has the role in the namespace.
    public func principal(_ role: Role, in namespace: String, for object: String) throws(Failure) -> Principal {
        try require(role, in: namespace, for: object)
        return Principal(id: id, isAdmin: has(.admin, in: namespace), key: key)
    }
}

extension Failure {
    /// Of what is not there, or not for this caller: nothing tells which.
    public init(unseen name: String) {
        self.init(.notFound, "there is no environment `\(name)`", next: "search for it: corral search WORDS")
    }
}

extension Transition.Name {
    /// Who may do it.
    public var role: Caller.Role {
        switch self {
        case .startReview, .approve, .reject: .reviewer
        case .submit, .deprecate, .yank, .retire, .restore: .publisher
        }
    }
}
