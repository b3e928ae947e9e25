import Foundations
import Glibc
import JSON

/// What went wrong between the server and the engine, in words that do not change: `details["reason"]` of a `Failure`.
public enum EngineReason: String, Sendable, CaseIterable {
    /// Nothing is at the address.
    case missing = "engine_missing"
    /// The server's user may not use the socket.
    case permission = "engine_permission"
    /// The socket is there, and nobody answers.
    case stopped = "engine_stopped"
    /// It answered with an error of its own.
    case failed = "engine_failed"
    /// It did not answer in time.
    case slow = "engine_slow"
    case imageMissing = "image_missing"
    case imageChanged = "image_changed"
    case diskFull = "disk_full"
}

extension Failure {
    /// - Parameter text: What the engine said; it may name paths of the host and is for the log.
    init(
        _ code: Code, _ reason: EngineReason, _ message: String, next: String, text: String? = nil
    ) {
        var details = ["reason": reason.rawValue]
        if let text { details["engine"] = text }
        self.init(code, message, next: next, details: details)
    }

    public var engineReason: EngineReason? { details["reason"].flatMap(EngineReason.init) }
}

/// An engine's answer that is no success.
struct EngineRefusal: Error {
    let status: Int
    let text: String

    init(status: Int, body: [UInt8]) {
        self.status = status
        let message = (try? JSONValue(parsing: body))?["message"]?.string
        text = message ?? String(decoding: body.prefix(1000), as: UTF8.self)
    }

    /// - Parameter what: What was asked for, as in "the engine cannot …".
    func failure(_ what: String) -> Failure {
        let lower = text.lowercased()
        if lower.contains("no space left on device") {
            return Failure(
                .resourceExhausted, .diskFull, "the engine cannot \(what): its disk is full",
                next: "free space where the engine keeps its data (docker system df)", text: text)
        }
        switch status {
        case 404 where lower.contains("image"):
            return Failure(
                .failedPrecondition, .imageMissing, "the engine cannot \(what): the image is not there",
                next: "pull or build the image, or let the manifest say `pull: missing`", text: text)
        case 404: return Failure(.notFound, "the engine cannot \(what): it is not there", details: ["engine": text])
        case 409: return Failure(.conflict, "the engine cannot \(what) now", details: ["engine": text])
        case 400:
            return Failure(
                .failedPrecondition, .failed, "the engine refused to \(what)",
                next: "check the command, the folders and the limits of the environment", text: text)
        default:
            return Failure(
                .sandboxUnavailable, .failed, "the engine cannot \(what)",
                next: "look at the engine's log; run corral doctor", text: text)
        }
    }
}

/// Why nobody answers at an engine's socket.
func unreachable(_ address: EngineAddress) -> Failure {
    let result = probeSocket(address.socket)
    switch result {
    case ENOENT, ENOTDIR:
        return Failure(
            .sandboxUnavailable, .missing, "there is no container engine at \(address)",
            next: "start Docker Engine or Podman's socket, or name it with --docker-host")
    case EACCES, EPERM:
        return Failure(
            .sandboxUnavailable, .permission, "the server's user may not use the container engine at \(address)",
            next: "run the server as root or as a member of the socket's group")
    default:
        return Failure(
            .sandboxUnavailable, .stopped, "the container engine at \(address) does not answer",
            next: "start it again; the server goes on by itself")
    }
}

/// - Returns: 0 where something accepts connections, else the `errno`.
private func probeSocket(_ path: String) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { room in
        guard bytes.count < room.count else { return false }
        room.copyBytes(from: bytes)
        return true
    }
    guard isFitting else { return ENAMETOOLONG }
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    return result == 0 ? 0 : errno
}
