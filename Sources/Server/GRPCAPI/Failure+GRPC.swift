import Foundations
import GRPC
import JSON
import Protobuf
import Protos

extension Failure.Code {
    /// The status of a call that fails with this code.
    package var grpcStatus: GRPCStatus.Code {
        switch self {
        case .invalidArgument, .malformedJSON, .invalidAction, .notAcceptable, .unsupportedMediaType: .invalidArgument
        case .unauthenticated: .unauthenticated
        case .permissionDenied: .permissionDenied
        case .notFound: .notFound
        case .alreadyExists: .alreadyExists
        case .conflict, .busy, .interrupted: .aborted
        case .notReset, .episodeOver, .failedPrecondition, .sessionClosed, .sessionFailed: .failedPrecondition
        case .environmentError: .unknown
        case .payloadTooLarge, .resourceExhausted: .resourceExhausted
        case .methodNotAllowed, .unimplemented: .unimplemented
        case .sandboxUnavailable, .unavailable: .unavailable
        case .requestTimeout, .deadlineExceeded: .deadlineExceeded
        case .internal: .internal
        }
    }
}

extension Failure {
    func error(requestID: String) -> CorralV1.Error {
        var error = CorralV1.Error()
        error.code = code.rawValue
        error.message = message
        error.next = next.isEmpty ? "docs/errors.md tells about \(code.rawValue)" : next
        error.requestId = requestID
        error.details = details
        return error
    }

    /// The `google.rpc.Status` of a call that failed, with the error as its detail.
    package func rpcStatus(requestID: String) -> GoogleRpc.Status {
        var detail = GoogleProtobuf.`Any`()
        detail.typeUrl = "type.googleapis.com/corral.v1.Error"
        detail.value = error(requestID: requestID).protobuf()
        var status = GoogleRpc.Status()
        status.code = code.grpcStatus.rawValue
        status.message = message
        status.details = [detail]
        return status
    }

    package func status(requestID: String) -> GRPCStatus {
        GRPCStatus(code.grpcStatus, message, details: rpcStatus(requestID: requestID).protobuf())
    }

    init(_ error: ProtobufError) {
        self.init(.invalidArgument, "the message is none of its type: \(error)", next: "build it from the .proto files")
    }
}
