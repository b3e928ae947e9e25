import CGRPC
import Reactor

/// A call in progress.
@Reactor
public final class GRPCCall {
    nonisolated let handle: CallHandle
    /// Whether its caller has left, or its deadline has passed; known only where the method is watched.
    public internal(set) var isCancelled = false
    /// Told at most once.
    public var onCancel: (@Reactor () -> Void)?
    var handler: (any GRPCStreamHandler)?
    private var isFinished = false

    init(_ handle: CallHandle) { self.handle = handle }

    /// The first value of a metadata key, which is in lower case.
    public nonisolated func metadata(_ key: String) -> String? {
        var length = 0
        guard let text = corral_grpc_metadata(handle.raw, key, &length) else { return nil }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(validating: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }

    /// How long the caller still waits; nil where it set no deadline.
    public nonisolated var remaining: Duration? {
        let seconds = corral_grpc_remaining(handle.raw)
        return seconds.isFinite ? .seconds(seconds) : nil
    }

    /// Who calls, as gRPC names addresses: `ipv4:127.0.0.1:50000`.
    public nonisolated var peer: String {
        guard let text = corral_grpc_peer(handle.raw) else { return "" }
        defer { corral_grpc_free(text) }
        return String(cString: text)
    }

    /// Sends a message of a stream; what comes after its end is dropped.
    public func send(_ message: [UInt8]) {
        _ = message.withUnsafeBufferPointer { corral_grpc_send(handle.raw, $0.baseAddress, $0.count) }
    }

    /// A message of a stream has been dealt with: another one may come.
    public func handled() { corral_grpc_handled(handle.raw) }

    /// Ends a stream, behind the messages that were sent.
    public func finish(_ status: GRPCStatus = .ok) { finish(nil, status) }

    func finish(_ message: [UInt8]?, _ status: GRPCStatus) {
        guard !isFinished else { return }
        isFinished = true
        let text = Array(status.message.utf8CString.prefix(4096)) + [0]
        text.withUnsafeBufferPointer { text in
            status.details.withUnsafeBufferPointer { details in
                let status = corral_grpc_status(
                    code: status.code.rawValue, message: text.baseAddress, details: details.baseAddress,
                    details_length: details.count)
                guard let message else { return corral_grpc_finish(handle.raw, nil, 0, status) }
                if message.isEmpty {
                    var nothing: UInt8 = 0
                    corral_grpc_finish(handle.raw, &nothing, 0, status)
                } else {
                    message.withUnsafeBufferPointer {
                        corral_grpc_finish(handle.raw, $0.baseAddress, $0.count, status)
                    }
                }
            }
        }
    }

    func wasCancelled() {
        guard !isCancelled else { return }
        isCancelled = true
        onCancel?()
        onCancel = nil
    }
}

/// The shim's call, held until nobody asks it any more.
final class CallHandle: @unchecked Sendable {  // the shim's functions may be called from any thread
    let raw: OpaquePointer
    init(_ raw: OpaquePointer) { self.raw = raw }
    deinit { corral_grpc_release(raw) }
}
