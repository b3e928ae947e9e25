import Foundations
import HTTPClient

/// Where a container engine listens: the path of its Unix socket.
public struct EngineAddress: Sendable, Hashable, CustomStringConvertible {
    public let socket: String

    /// Where Docker Engine listens unless it is told otherwise.
    public static let standard = "unix:///var/run/docker.sock"

    /// Reads what `DOCKER_HOST` may hold.
    ///
    /// - Throws: `invalid_argument` for anything but `unix://`: descriptors and cgroups only reach engines of this machine.
    public init(_ text: String) throws(Failure) {
        guard text.hasPrefix("unix://") else {
            throw Failure(
                .invalidArgument, "`\(text)` is no container engine of this machine",
                next: "name its Unix socket, such as \(Self.standard)")
        }
        let path = text.dropFirst(7)
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw Failure(
                .invalidArgument, "`\(text)` has no absolute path", next: "write unix:///PATH/OF/SOCKET")
        }
        socket = String(path)
    }

    public var description: String { "unix://\(socket)" }

    func endpoint() throws(Failure) -> HTTPEndpoint { try HTTPEndpoint(description) }
}
