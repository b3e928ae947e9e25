import Digest
import Foundations
import JSON
import Zstd

/// The calls of a trajectory as JSON lines, compressed: enough to make them again.
public struct CallScript: Sendable, Equatable {
    /// One object a line: `{"reset":{"seed":…,"options":{…}}}`, `{"step":ACTION}`, or `{"reseed":SEED}` where a branch
    /// began whose random numbers started anew.
    public let lines: [UInt8]

    /// What a reader accepts, in bytes.
    public static let limit = 256 << 20

    public init(_ calls: [RecordContent.Call]) {
        var lines: [UInt8] = []
        for call in calls {
            var writer = JSONWriter()
            writer.beginObject()
            switch call {
            case .reset(let seed, let options):
                writer.key("reset")
                writer.value(["seed": seed.map(JSONValue.integer) ?? .null, "options": .object(options)])
            case .reseed(let seed):
                writer.key("reseed")
                writer.value(.integer(seed))
            case .step(let action):
                writer.key("step")
                action.write(to: &writer)
            }
            writer.endObject()
            lines += writer.bytes + [UInt8(ascii: "\n")]
        }
        self.lines = lines
    }

    /// Of the lines.
    public var digest: Digest32 { SHA256.hash(lines) }

    /// Base64 of zstd.
    public func packed() throws(Failure) -> String {
        do throws(ZstdError) {
            var compressor = try ZstdCompressor(level: 9)
            return Base64.encode(try compressor.frame(lines))
        } catch { throw Failure(.resourceExhausted, "zstd: \(error)") }
    }

    /// - Throws: `invalid_argument` where the text is no packed script.
    public init(packed text: String) throws(Failure) {
        let wrong = Failure(.invalidArgument, "the calls of the certificate cannot be read")
        guard let bytes = Base64.decode(text) else { throw wrong }
        do throws(ZstdError) {
            var decompressor = try ZstdDecompressor()
            lines = try decompressor.content(of: bytes[...], limit: Self.limit)
        } catch { throw wrong }
    }

    /// A call as a server takes it.
    public enum Request: Sendable, Equatable {
        /// The body of a reset.
        case reset([UInt8])
        /// An action.
        case step([UInt8])
        /// The seed of a fork.
        case reseed(Int64)
    }

    /// - Throws: `invalid_argument` where a line is no call.
    public func requests() throws(Failure) -> [Request] {
        var requests: [Request] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            let wrong = Failure(.invalidArgument, "line \(requests.count + 1) of the calls is none")
            guard let members = try? JSONMembers(parsing: Array(line), limits: JSONLimits(depth: 512)) else {
                throw wrong
            }
            if let action = members["step"] {
                requests.append(.step(Array(action)))
            } else if let body = members["reset"] {
                requests.append(.reset(Array(body)))
            } else if let seed = members.integer("reseed") {
                requests.append(.reseed(Int64(seed)))
            } else {
                throw wrong
            }
        }
        return requests
    }
}
