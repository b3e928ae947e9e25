import Foundations
import Sessions

/// Who may use an operation of the API.
enum RouteAccess: Sendable, Equatable {
    /// Whoever is let in; lists show what the caller may read.
    case anyone
    /// Whoever has one of the roles in the namespace of what is asked for.
    case namespace([Caller.Role])
    /// Whoever has the role in some namespace: which one is meant is known later.
    case somewhere(Caller.Role)
    /// Whoever has that much of the session; see `Caller.grant`.
    case session(Grant)
    /// Admins of all namespaces.
    case admin

    /// - Throws: `permission_denied` where no namespace and no session could make it right.
    func check(_ caller: Caller, _ operation: String) throws(Failure) {
        switch self {
        case .anyone, .session: break
        case .namespace(let roles): try caller.requireSomewhere(roles, for: operation)
        case .somewhere(let role): try caller.requireSomewhere([role], for: operation)
        case .admin: try caller.requireAdmin(for: operation)
        }
    }

    /// As `docs/access.md` and OpenAPI say it.
    var text: String {
        switch self {
        case .anyone: "any key"
        case .namespace(let roles): roles.map(\.rawValue).joined(separator: " or ")
        case .somewhere(let role): "\(role.rawValue) of some namespace"
        case .session(let grant): "session: \(grant)"
        case .admin: "admin of all namespaces"
        }
    }

    /// An operation that is not listed is for admins.
    static func of(_ operation: String) -> RouteAccess { table[operation] ?? .admin }

    /// By the operations of `RESTAPI.routes`.
    static let table: [String: RouteAccess] = [
        "createSession": .namespace([.runner]), "createSessions": .namespace([.runner]),
        "restoreCheckpoint": .namespace([.runner]),
        "listSessions": .anyone, "getSession": .session(.watcher), "closeSession": .session(.owner),
        "forkSession": .session(.owner), "keepSessionAlive": .session(.agent), "reset": .session(.agent),
        "step": .session(.agent), "stepMany": .session(.agent), "interrupt": .session(.agent),
        "render": .session(.agent), "sessionLogs": .session(.watcher), "sessionUsage": .session(.watcher),
        "takeSnapshot": .session(.agent), "listSnapshots": .session(.watcher), "restoreSnapshot": .session(.agent),
        "discardSnapshot": .session(.agent), "checkpointSession": .session(.owner), "listCheckpoints": .anyone,
        "discardCheckpoint": .session(.owner),
        "listTrajectories": .anyone, "getTrajectory": .session(.watcher), "trajectorySteps": .session(.watcher),
        "exportTrajectory": .session(.watcher), "verifyTrajectory": .session(.watcher),
        "deleteTrajectory": .session(.owner),
        "listEnvironments": .anyone, "getEnvironment": .namespace([.viewer]), "listVersions": .namespace([.viewer]),
        "environmentHistory": .namespace([.viewer]), "downloadBundle": .namespace([.viewer]),
        "rlConfig": .namespace([.viewer]), "compatibility": .namespace([.viewer]),
        "checkStatus": .namespace([.viewer]), "startCheck": .namespace([.runner, .publisher, .reviewer]),
        "getNamespace": .namespace([.viewer]), "changeOwners": .namespace([.publisher]),
        "beginUpload": .somewhere(.publisher), "getUpload": .somewhere(.publisher),
        "appendUpload": .somewhere(.publisher), "finishUpload": .somewhere(.publisher),
        "cancelUpload": .somewhere(.publisher),
        "publish": .namespace([.publisher]), "setAlias": .namespace([.publisher]),
        "updateEnvironment": .namespace([.publisher]), "deprecateVersion": .namespace([.publisher]),
        "yankVersion": .namespace([.publisher]), "retireVersion": .namespace([.publisher]),
        "restoreVersion": .namespace([.publisher]),
        "submitVersion": .namespace([.publisher]), "startReview": .namespace([.reviewer]),
        "approveVersion": .namespace([.reviewer]), "rejectVersion": .namespace([.reviewer]),
        "getReview": .namespace([.viewer]), "listReviews": .anyone, "getPolicy": .anyone, "reloadPolicy": .admin,
        "usageSummaries": .anyone, "usageEvents": .anyone, "capabilities": .anyone, "health": .anyone,
        "openapi": .anyone, "metrics": .anyone,
        "createKey": .admin, "listKeys": .admin, "getKey": .admin, "revokeKey": .admin, "auditLog": .admin,
    ]
}
