import Digest
import Foundations
import Glibc
import JSON
import Sessions
import Spaces

/// Makes a trajectory file of the JSON lines that an export wrote: the header, then a record in each line.
///
/// The records' canonical bytes are made again by the header's spaces, and the chain over them: where nothing was changed
/// the hash is what it was.
public struct TrajectoryImport {
    private let header: TrajectoryHeader
    private let observation: Space
    private let action: Space
    private let writer: TrajectoryWriter
    private var chain: RecordChain
    private var next: Int
    private var pending: [StoredRecord] = []
    private var pendingBytes = 0

    private static let chunk = (records: 4096, bytes: 256 << 10)

    /// - Parameters:
    ///   - lines: UTF-8.
    ///   - path: Of the file to make.
    ///   - hash: What the trajectory's hash has to be.
    /// - Returns: The end of the file.
    /// - Throws: `invalid_argument` where a line is not what an export writes, `unimplemented` for several agents or rows and
    ///   for records that have only digests, `failed_precondition` where the hash is another one; the file is not there then.
    public static func run(
        _ lines: [UInt8], to path: String, expecting hash: Digest32? = nil
    ) throws(Failure) -> TrajectoryEnd {
        var rest = lines.split(separator: UInt8(ascii: "\n"))[...]
        guard let first = rest.popFirst() else { throw Failure(.invalidArgument, "there are no lines to import") }
        let header = try header(first)
        let start = try rest.first.map { (line) throws(Failure) in try members(line, 2) }
        let place = (start?.integer("index") ?? 0, start?.integer("episode") ?? 0)
        let isReset = start?.string("call") == "reset" && start?["error"] == nil
        let writer = try TrajectoryWriter(
            path: path, header: header, first: place.0, episode: place.1 - (isReset ? 1 : 0))
        do throws(Failure) {
            var reading = try TrajectoryImport(header, writer, first: place.0)
            for (number, line) in rest.enumerated() { try reading.take(try members(line, number + 2), number + 2) }
            try reading.flush()
            guard hash == nil || hash == reading.chain.link else {
                throw Failure(
                    .failedPrecondition, "the lines have the hash \(reading.chain.link.hex)",
                    next: "import what was exported, unchanged")
            }
            return try writer.finish(state: "closed", reason: "imported")
        } catch {
            unlink(path)
            throw error
        }
    }

    /// The bytes of a file.
    ///
    /// - Throws: `not_found`, `failed_precondition` where it cannot be read.
    public static func lines(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(errno == ENOENT ? .notFound : .failedPrecondition, "cannot read \(path): \(errnoText())")
        }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let file = FileBytes(descriptor: descriptor, size: Int(status.st_size))
        do throws(Damage) { return try file.read(0, file.size) } catch {
            throw Failure(.failedPrecondition, "cannot read \(path): \(error.text)")
        }
    }

    private init(_ header: TrajectoryHeader, _ writer: TrajectoryWriter, first: Int) throws(Failure) {
        guard header.mode == .full, header.agents == nil, header.rows == nil else {
            throw Failure(
                .unimplemented, "only full records of one agent can be imported",
                next: "export the trajectory as a file, which needs no import")
        }
        (self.header, self.writer, next) = (header, writer, first)
        observation = try Space(json: header.observationSpace)
        action = try Space(json: header.actionSpace)
        chain = RecordChain(after: header.base)
    }

    private static func members(_ line: ArraySlice<UInt8>, _ number: Int) throws(Failure) -> JSONMembers {
        do throws(JSONError) {
            return try JSONMembers(parsing: Array(line), limits: JSONLimits(depth: 512))
        } catch { throw Failure(.invalidArgument, "line \(number) is no JSON object: \(error)") }
    }

    /// As exports write it, or as `GET /v1/trajectories/{id}` tells it.
    private static func header(_ line: ArraySlice<UInt8>) throws(Failure) -> TrajectoryHeader {
        guard var json = (try? JSONValue(parsing: Array(line), limits: JSONLimits(depth: 128)))?.object else {
            throw Failure(.invalidArgument, "line 1 is no header of a trajectory")
        }
        json["format"] = json["format"] ?? 1
        json["tenant"] = json["tenant"] ?? "local"
        return try TrajectoryHeader(.object(json))
    }

    private mutating func take(_ members: JSONMembers, _ number: Int) throws(Failure) {
        guard members.integer("index") == next else {
            throw Failure(.invalidArgument, "line \(number) is not record \(next)")
        }
        let bytes: [UInt8]
        do { bytes = try record(members) } catch {
            throw Failure(
                .invalidArgument,
                "line \(number) is no record of the trajectory: \((error as? Failure)?.message ?? "\(error)")")
        }
        let stored = StoredRecord(
            bytes: bytes, time: members.string("time").flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(microseconds: 0),
            duration: Int64(members.integer("duration_us") ?? 0), agent: members.string("agent"))
        _ = chain.append(bytes)
        pending.append(stored)
        (next, pendingBytes) = (next + 1, pendingBytes + bytes.count)
        if pending.count >= Self.chunk.records || pendingBytes >= Self.chunk.bytes { try flush() }
    }

    private mutating func flush() throws(Failure) {
        guard !pending.isEmpty else { return }
        try writer.append(pending, link: chain.link)
        (pending, pendingBytes) = ([], 0)
    }

    /// The canonical bytes; see `docs/records.md`.
    private func record(_ members: JSONMembers) throws -> [UInt8] {
        var bytes: [UInt8]
        if members.string("call") == "step" {
            bytes = try [0x12] + canonical(members, "action", action)
        } else {
            bytes = [0x11]
            bytes.putOptional(members.value("seed")?.integer.map { UInt64(bitPattern: $0) })
            bytes.putCounted(try canonicalJSON(of: Array(members["options"] ?? Array("{}".utf8)[...])))
        }
        if let code = members.string("error") {
            var whole: [UInt8] = [0x13]
            whole.putCounted(bytes)
            whole.putCounted(Array(code.utf8))
            return whole
        }
        bytes += try canonical(members, "observation", observation)
        let reward = members.value("reward")?.double
        guard reward != nil || members.isNull("reward") else { throw Damage("the reward is no number") }
        bytes.putNumber(UInt32.max)
        bytes.putOptional(reward?.bitPattern)
        for name in ["terminated", "truncated"] {
            guard let flag = members.bool(name) else { throw Damage("\(name) is no flag") }
            bytes.putNumber(UInt32.max)
            bytes.append(flag ? 1 : 0)
        }
        bytes.putCounted(try canonicalJSON(of: Array(members["info"] ?? Array("{}".utf8)[...])))
        return bytes
    }

    private func canonical(_ members: JSONMembers, _ name: String, _ space: Space) throws -> [UInt8] {
        guard let raw = members[name] else { throw Damage("there is no \(name)") }
        return try space.canonicalBytes(of: Array(raw))
    }
}

extension [UInt8] {
    fileprivate mutating func putCounted(_ part: [UInt8]) {
        putNumber(UInt64(part.count))
        append(contentsOf: part)
    }

    fileprivate mutating func putOptional(_ value: UInt64?) {
        append(value == nil ? 0 : 1)
        if let value { putNumber(value) }
    }
}
