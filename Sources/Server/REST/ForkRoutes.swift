import Foundations
import JSON
import Reactor
import Sessions

extension RESTAPI {
    private nonisolated static let snapshotErrors: [Failure.Code] = [
        .malformedJSON, .invalidArgument, .notFound, .permissionDenied, .failedPrecondition, .resourceExhausted, .busy,
        .environmentError, .deadlineExceeded, .sessionClosed, .sessionFailed, .unavailable, .unimplemented,
        .sandboxUnavailable, .conflict,
    ]

    nonisolated static let forkRoutes: [Route] = [
        Route(
            "POST", "/v1/sessions/{session}/snapshots", "takeSnapshot", "Remember the state of a session under a name",
            body: .object(schema: "TakeSnapshot", isOptional: false),
            answers: [.init(status: 201, summary: "The snapshot", schema: "Snapshot")], codes: snapshotErrors
        ) { api, call async throws(Failure) in try await api.snapshot(call) },
        Route(
            "GET", "/v1/sessions/{session}/snapshots", "listSnapshots", "The snapshots of a session",
            answers: [.init(status: 200, summary: "All of them, by name", schema: "Snapshots")],
            codes: [.notFound, .permissionDenied]
        ) { api, call async throws(Failure) in
            let snapshots = try api.service.snapshots(call.session(), caller: call.caller)
            return .json(["snapshots": .array(snapshots.map(\.json))])
        },
        Route(
            "POST", "/v1/sessions/{session}/snapshots/{name}/restore", "restoreSnapshot",
            "Put a session back to a snapshot of it",
            answers: [.init(status: 200, summary: "The session as it is now", schema: "RestoredSession")],
            codes: snapshotErrors
        ) { api, call async throws(Failure) in try await api.restore(call) },
        Route(
            "DELETE", "/v1/sessions/{session}/snapshots/{name}", "discardSnapshot", "Forget a snapshot",
            answers: [.init(status: 200, summary: "It is gone", schema: "Empty")],
            codes: [.notFound, .permissionDenied]
        ) { api, call async throws(Failure) in
            try await api.service.discardSnapshot(
                call.session(), name: call.parameters["name"] ?? "", caller: call.caller)
            return .json([:])
        },
        Route(
            "POST", "/v1/sessions/{session}/checkpoint", "checkpointSession",
            "Write down what it takes to bring a session back, also after the server has ended",
            answers: [.init(status: 201, summary: "The checkpoint", schema: "Checkpoint")], codes: snapshotErrors
        ) { api, call async throws(Failure) in try await api.checkpoint(call) },
        Route(
            "GET", "/v1/checkpoints", "listCheckpoints", "The checkpoints of the caller, oldest first",
            answers: [.init(status: 200, summary: "All of them", schema: "Checkpoints")], codes: [.unimplemented]
        ) { api, call async throws(Failure) in
            let checkpoints = try await api.service.checkpoints(caller: call.caller)
            return .json(["checkpoints": .array(checkpoints.map(\.description))])
        },
        Route(
            "POST", "/v1/checkpoints/{checkpoint}/restore", "restoreCheckpoint",
            "Start a session that goes on from a checkpoint",
            answers: [.init(status: 201, summary: "The session", schema: "RestoredSession")], codes: snapshotErrors
        ) { api, call async throws(Failure) in try await api.restoreCheckpoint(call) },
        Route(
            "DELETE", "/v1/checkpoints/{checkpoint}", "discardCheckpoint", "Forget a checkpoint",
            answers: [.init(status: 200, summary: "It is gone", schema: "Empty")],
            codes: [.notFound, .permissionDenied, .unimplemented]
        ) { api, call async throws(Failure) in
            try await api.service.discardCheckpoint(try call.checkpoint(), caller: call.caller)
            return .json([:])
        },
    ]
}
