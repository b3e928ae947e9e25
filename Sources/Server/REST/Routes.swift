import Foundations
import HTTP
import JSON
import Metrics
import Reactor
import Sessions

extension RESTAPI {
    /// Every operation of `/v1`; the router and `/v1/openapi.json` are made from it.
    nonisolated static let routes =
        sessionRoutes + forkRoutes + stepRoutes + readingRoutes + trajectoryRoutes + reviewRoutes + catalogRoutes
        + serverRoutes + usageRoutes + keyRoutes

    private nonisolated static let sessionErrors: [Failure.Code] = [.notFound, .permissionDenied]
    private nonisolated static let creationErrors: [Failure.Code] = [
        .malformedJSON, .invalidArgument, .notFound, .permissionDenied, .conflict, .failedPrecondition,
        .resourceExhausted,
        .sandboxUnavailable, .unavailable, .unimplemented, .environmentError, .deadlineExceeded, .sessionClosed,
        .sessionFailed,
    ]
    private nonisolated static let stepErrors: [Failure.Code] = [
        .malformedJSON, .invalidArgument, .notFound, .permissionDenied, .invalidAction, .notReset, .episodeOver, .busy,
        .conflict, .interrupted, .unimplemented, .sessionClosed, .sessionFailed, .environmentError, .deadlineExceeded,
        .failedPrecondition,
    ]
    private nonisolated static let tensors = ["application/json", "application/vnd.corral.tensors"]
    private nonisolated static let idempotency = Route.Query(
        name: "Idempotency-Key", summary: "The same key and body within ten minutes get the same answer.",
        type: "string")

    private nonisolated static let sessionRoutes: [Route] = [
        Route(
            "POST", "/v1/sessions", "createSession", "Start a session", headers: [idempotency],
            body: .object(schema: "CreateSession", isOptional: false),
            answers: [.init(status: 201, summary: "The session and its first observation", schema: "CreatedSession")],
            codes: creationErrors
        ) { api, call async throws(Failure) in try await api.create(call) },
        Route(
            "POST", "/v1/sessions/batch", "createSessions", "Start several equal sessions, all or none",
            headers: [idempotency], body: .object(schema: "CreateSessions", isOptional: false),
            answers: [.init(status: 201, summary: "The sessions", schema: "CreatedSessions")], codes: creationErrors
        ) { api, call async throws(Failure) in try await api.createBatch(call) },
        Route(
            "GET", "/v1/sessions", "listSessions", "List sessions, oldest first",
            query: [
                .init(name: "state", summary: "Only those in this state", type: "string"),
                .init(name: "environment", summary: "Only those of this environment", type: "string"),
                .init(name: "label", summary: "Only those with this label: key or key=value", type: "string"),
                .init(name: "cursor", summary: "The next of the page before", type: "string"),
                .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
            ],
            answers: [.init(status: 200, summary: "A page of sessions", schema: "Sessions")], codes: [.invalidArgument]
        ) { api, call async throws(Failure) in try api.list(call) },
        Route(
            "GET", "/v1/sessions/{session}", "getSession", "Read a session",
            answers: [.init(status: 200, summary: "The session", schema: "Session")], codes: sessionErrors
        ) { api, call async throws(Failure) in
            .json(try api.service.summary(call.session(), caller: call.caller).json(address: api.address))
        },
        Route(
            "DELETE", "/v1/sessions/{session}", "closeSession", "End a session; answers when nothing of it is left",
            query: [
                .init(
                    name: "branches", summary: "Also end all that descends from it by forks", type: "boolean")
            ],
            answers: [.init(status: 200, summary: "The session is over", schema: "ClosedSession")],
            codes: sessionErrors + [.invalidArgument]
        ) { api, call async throws(Failure) in
            try await api.close(call)
        },
        Route(
            "POST", "/v1/sessions/{session}/fork", "forkSession", "Branch a session in mid-episode",
            headers: [idempotency], body: .object(schema: "Fork", isOptional: true),
            answers: [.init(status: 201, summary: "The branches", schema: "ForkedSessions")],
            codes: creationErrors + [.busy, .notReset]
        ) { api, call async throws(Failure) in try await api.fork(call) },
        Route(
            "POST", "/v1/sessions/{session}/keepalive", "keepSessionAlive", "Put off the idle time-out",
            answers: [.init(status: 200, summary: "When the session expires now", schema: "KeptAlive")],
            codes: sessionErrors + [.sessionClosed, .sessionFailed]
        ) { api, call async throws(Failure) in
            let expires = try api.service.keepAlive(call.session(), caller: call.caller)
            return .json(["expires_at": .string(expires.rfc3339)])
        },
    ]

    private nonisolated static let stepRoutes: [Route] = [
        Route(
            "POST", "/v1/sessions/{session}/reset", "reset", "Start an episode",
            body: .object(schema: "Reset", isOptional: true),
            answers: [
                .init(status: 200, summary: "The first observation", schema: "ResetResult", contentTypes: tensors)
            ], codes: stepErrors
        ) { api, call async throws(Failure) in try await api.reset(call) },
        Route(
            "POST", "/v1/sessions/{session}/step", "step", "Take one action",
            body: .object(schema: "Step", isOptional: false, tensors: true),
            answers: [.init(status: 200, summary: "What came of it", schema: "StepResult", contentTypes: tensors)],
            codes: stepErrors
        ) { api, call async throws(Failure) in try await api.step(call) },
        Route(
            "POST", "/v1/steps", "stepMany",
            "Take actions in several sessions; those of one session in the order of the list",
            body: .object(schema: "Steps", isOptional: false),
            answers: [.init(status: 200, summary: "Results aligned with the steps", schema: "StepResults")],
            codes: [.malformedJSON, .invalidArgument]
        ) { api, call async throws(Failure) in try await api.stepMany(call) },
        Route(
            "POST", "/v1/sessions/{session}/interrupt", "interrupt", "End the running step soon",
            answers: [.init(status: 202, summary: "Asked", schema: "Empty")],
            codes: sessionErrors + [.unimplemented, .sessionClosed, .sessionFailed]
        ) { api, call async throws(Failure) in
            try api.service.interrupt(call.session(), caller: call.caller)
            return .json([:], status: 202)
        },
    ]

    private nonisolated static let readingRoutes: [Route] = [
        Route(
            "GET", "/v1/sessions/{session}/render", "render", "Draw the environment",
            query: [.init(name: "row", summary: "Of a vector session, from 0", type: "integer")],
            answers: [
                .init(
                    status: 200, summary: "The frame", schema: nil,
                    contentTypes: ["image/png", "text/plain", "application/vnd.corral.tensors"])
            ],
            codes: sessionErrors + [
                .invalidArgument, .notAcceptable, .unimplemented, .busy, .notReset, .sessionClosed, .sessionFailed,
                .environmentError, .deadlineExceeded,
            ]
        ) { api, call async throws(Failure) in try await api.render(call) },
        Route(
            "GET", "/v1/sessions/{session}/logs", "sessionLogs", "The last lines of the worker's standard error",
            query: [.init(name: "lines", summary: "1 to 1000, default 100", type: "integer")],
            answers: [.init(status: 200, summary: "The lines, oldest first", schema: "Logs")],
            codes: sessionErrors + [.invalidArgument]
        ) { api, call async throws(Failure) in
            let lines = try call.count("lines", default: 100)
            let logs = try api.service.logs(call.session(), last: lines, caller: call.caller)
            return .json(["lines": .array(logs.map(JSONValue.string))])
        },
        Route(
            "GET", "/v1/sessions/{session}/usage", "sessionUsage", "What the session uses",
            answers: [.init(status: 200, summary: "Processor time, memory and processes", schema: "Usage")],
            codes: sessionErrors
        ) { api, call async throws(Failure) in
            .json(try await api.service.usage(call.session(), caller: call.caller).json)
        },
    ]

    private nonisolated static let serverRoutes: [Route] = [
        Route(
            "GET", "/v1/environments/{reference…}/rl-config", "rlConfig", "Recommended training settings",
            query: [
                .init(name: "library", summary: "Only those for this library, such as corral or sb3", type: "string"),
                .init(name: "backend", summary: "Only those for this backend, such as torch", type: "string"),
            ],
            answers: [.init(status: 200, summary: "The settings, complete", schema: "RLConfigurations")],
            codes: [.notFound, .invalidArgument]
        ) { api, call async throws(Failure) in try await api.rlConfigurations(call) },
        Route(
            "POST", "/v1/environments/{reference…}/checks", "startCheck", "Run the admission checks of a version",
            body: .object(schema: "StartCheck", isOptional: true),
            answers: [.init(status: 202, summary: "The check, which waits or runs", schema: "Check")],
            codes: [.malformedJSON, .notFound, .invalidArgument, .resourceExhausted, .unimplemented]
        ) { api, call async throws(Failure) in try await api.startCheck(call) },
        Route(
            "GET", "/v1/environments/{reference…}/checks", "checkStatus", "The last check of a version",
            answers: [.init(status: 200, summary: "The check, at its end with the signed report", schema: "Check")],
            codes: [.notFound, .invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in try await api.checkStatus(call) },
        Route(
            "GET", "/v1/environments/{reference…}/compatibility", "compatibility",
            "Whether an agent can play a version; without an agent, those that are known by name",
            query: [
                .init(name: "agent", summary: "A known name such as sb3-dqn, or a profile in JSON", type: "string")
            ],
            answers: [.init(status: 200, summary: "Yes with adapters, or no with reasons", schema: "Compatibility")],
            codes: creationErrors
        ) { api, call async throws(Failure) in try await api.compatibility(call) },
        Route(
            "GET", "/v1/environments/{reference…}", "getEnvironment", "One version of an environment",
            answers: [.init(status: 200, summary: "The version", schema: "Environment")],
            codes: [.notFound, .invalidArgument]
        ) { api, call async throws(Failure) in
            .json(.object(try await api.card(call)))
        },
        Route(
            "GET", "/v1/capabilities", "capabilities", "What isolation is in force, and why",
            answers: [.init(status: 200, summary: "The report of corral doctor", schema: "Capabilities")]
        ) { api, _ async throws(Failure) in .json(await api.information.capabilities()) },
        Route(
            "GET", "/v1/health", "health", "Whether the server serves",
            answers: [.init(status: 200, summary: "It does", schema: "Health")]
        ) { api, _ async throws(Failure) in
            .json([
                "status": "ok", "version": .string(api.information.version),
                "sessions": .integer(Int64(api.service.liveSessions)),
                "max_sessions": .integer(Int64(api.service.limits.maxSessions)),
            ])
        },
        Route(
            "GET", "/v1/openapi.json", "openapi", "This API as OpenAPI 3.1",
            answers: [.init(status: 200, summary: "The document", schema: nil)]
        ) { api, _ async throws(Failure) in .json(openAPI(version: api.information.version)) },
        Route(
            "GET", "/metrics", "metrics", "Metrics in Prometheus' text format",
            answers: [.init(status: 200, summary: "The metrics", schema: nil, contentTypes: ["text/plain"])]
        ) { api, _ async throws(Failure) in
            HTTPResponse(
                status: 200, headers: [("Content-Type", MetricsRegistry.contentType)],
                body: Array(api.metrics.render().utf8))
        },
    ]
}
