extension Failure {
    /// Every way a call can fail. Raw values are on the wire and are never renamed; `docs/errors.md` documents each.
    public enum Code: String, Sendable, CaseIterable {
        case invalidArgument = "invalid_argument"
        case malformedJSON = "malformed_json"
        case invalidAction = "invalid_action"
        case unauthenticated
        case permissionDenied = "permission_denied"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case notAcceptable = "not_acceptable"
        case requestTimeout = "request_timeout"
        case payloadTooLarge = "payload_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case alreadyExists = "already_exists"
        case conflict
        case busy
        case notReset = "not_reset"
        case episodeOver = "episode_over"
        case interrupted
        case failedPrecondition = "failed_precondition"
        case sessionClosed = "session_closed"
        case sessionFailed = "session_failed"
        case environmentError = "environment_error"
        case resourceExhausted = "resource_exhausted"
        case sandboxUnavailable = "sandbox_unavailable"
        case unimplemented
        case unavailable
        case deadlineExceeded = "deadline_exceeded"
        case `internal`

        /// Reads a code from a peer, which may be newer than this build.
        public init(wire: String) { self = Code(rawValue: wire) ?? .internal }
    }
}

extension Failure.Code {
    /// The HTTP status (RFC 9110) of an answer that carries this code.
    public var httpStatus: Int {
        switch self {
        case .invalidArgument, .malformedJSON: 400
        case .unauthenticated: 401
        case .permissionDenied: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .requestTimeout: 408
        case .alreadyExists, .conflict, .busy, .notReset, .episodeOver, .interrupted, .failedPrecondition: 409
        case .sessionClosed, .sessionFailed: 410
        case .payloadTooLarge: 413
        case .unsupportedMediaType: 415
        case .invalidAction: 422
        case .resourceExhausted: 429
        case .internal: 500
        case .unimplemented: 501
        case .environmentError: 502
        case .sandboxUnavailable, .unavailable: 503
        case .deadlineExceeded: 504
        }
    }

    /// The exit status of the command line: 2 the call was wrong, 3 not found, 4 refused, 5 the environment failed,
    /// 6 try again later, 70 an error of Corral itself (as in sysexits).
    public var exitStatus: Int32 {
        switch self {
        case .invalidArgument, .malformedJSON, .invalidAction, .methodNotAllowed, .notAcceptable, .payloadTooLarge,
            .unsupportedMediaType:
            2
        case .notFound: 3
        case .unauthenticated, .permissionDenied, .alreadyExists, .conflict, .busy, .notReset, .episodeOver,
            .interrupted, .failedPrecondition, .unimplemented:
            4
        case .sessionClosed, .sessionFailed, .environmentError, .deadlineExceeded: 5
        case .resourceExhausted, .sandboxUnavailable, .unavailable, .requestTimeout: 6
        case .internal: 70
        }
    }
}
