import Digest
import Foundations
import Glibc
import JSON
import Sessions

/// What looking at the whole of a trajectory file found, without running anything.
public struct TrajectoryVerification: Sendable {
    public struct Problem: Sendable, Equatable {
        /// Nil: of no chunk.
        public var chunk: Int?
        /// The records of that chunk, as far as they are known.
        public var records: Range<Int>?
        public var text: String
    }

    public var problems: [Problem] = []
    public var records = 0
    public var chunks = 0
    /// Whether every link was recomputed: not where only digests of observations were kept.
    public var isRecomputed = true
    /// The last link.
    public var hash: Digest32
    public var isSealed: Bool
    var isLive = false
    /// Bytes at the end that belong to no whole frame.
    public var tornBytes = 0

    public var isIntact: Bool { problems.isEmpty }

    public var json: JSONValue {
        [
            "intact": .bool(isIntact), "sealed": .bool(isSealed), "recomputed": .bool(isRecomputed),
            "records": .integer(Int64(records)), "chunks": .integer(Int64(chunks)),
            "torn_bytes": .integer(Int64(tornBytes)), "trajectory_hash": .string(hash.hex),
            "problems": .array(
                problems.map { problem in
                    [
                        "chunk": problem.chunk.map { .integer(Int64($0)) } ?? .null,
                        "from": problem.records.map { .integer(Int64($0.lowerBound)) } ?? .null,
                        "to": problem.records.map { .integer(Int64($0.upperBound)) } ?? .null,
                        "problem": .string(problem.text),
                    ]
                }),
        ]
    }
}

extension TrajectoryFile {
    /// No more problems than these are named.
    private static let problemLimit = 100

    /// Reads everything: seals of all frames, the chain over all records, index and end.
    ///
    /// - Parameters:
    ///   - hash: What the trajectory's hash has to be; nil: what the file itself says.
    ///   - isLive: Whether it is still written, so that its end may be missing.
    public func verify(against hash: Digest32? = nil, isLive: Bool = false) -> TrajectoryVerification {
        var report = TrajectoryVerification(hash: header.base, isSealed: end != nil)
        report.isLive = isLive
        report.tornBytes = tornBytes
        report.chunks = chunkCount
        if header.parent == nil, header.origin != header.base {
            report.add(nil, nil, "the chain does not begin with the header's version, instance, parameters and seed")
        }
        var chain = RecordChain(after: header.base)
        var seal: Digest32? = headerSeal
        var next = chunks.first?.first ?? 0
        var place = firstOffset
        for number in chunks.indices {
            let entry = chunks[number]
            let range = entry.first..<entry.first + entry.count
            if report.problems.count >= Self.problemLimit { break }
            if entry.offset != place {
                report.add(number, range, "something stands before it that no index names, or something is missing")
                seal = nil
            }
            if entry.first != next { report.add(number, range, "records before it are missing: it begins late") }
            next = range.upperBound
            place = entry.offset + ((try? bytes.prefix(at: entry.offset).total) ?? 0)
            do throws(Damage) {
                let read = try chunkOrDamage(number, after: seal)
                seal = read.seal
                check(read.chunk, number, &chain, &report)
            } catch {
                report.add(number, range, error.text)
                seal = nil
                if let link = storedLink(of: entry) { chain = RecordChain(after: link) }
            }
        }
        report.hash = chain.link
        checkEnd(place, seal, hash, next - (chunks.first?.first ?? 0), &report)
        return report
    }

    private func check(
        _ chunk: TrajectoryChunk, _ number: Int, _ chain: inout RecordChain, _ report: inout TrajectoryVerification
    ) {
        report.records += chunk.indices.count
        guard header.mode == .full else {
            report.isRecomputed = false
            chain = RecordChain(after: chunk.link)
            return
        }
        for index in chunk.indices { _ = chain.append(chunk.record(index).stored.bytes) }
        guard chain.link != chunk.link else { return }
        report.add(number, chunk.indices, "its records do not lead to the link that it ends with")
        chain = RecordChain(after: chunk.link)
    }

    private func storedLink(of entry: ChunkEntry) -> Digest32? {
        guard let prefix = try? bytes.prefix(at: entry.offset), prefix.kind == .chunk, prefix.head == ChunkHead.count,
            let head = try? bytes.read(entry.offset + Frame.prefixCount, prefix.head)
        else { return nil }
        return try? ChunkHead(head[...]).link
    }

    private func checkEnd(
        _ place: Int, _ seal: Digest32?, _ hash: Digest32?, _ count: Int, _ report: inout TrajectoryVerification
    ) {
        if let hash, hash != report.hash {
            report.add(nil, nil, "the trajectory's hash is \(report.hash.hex), not \(hash.hex)")
        }
        guard let end else {
            if !report.isLive {
                report.add(nil, nil, "it has no end: it was cut, or its server ended without sealing it")
            }
            return
        }
        if end.hash != report.hash { report.add(nil, nil, "the end names another hash than the chain has") }
        if end.records != count { report.add(nil, nil, "the end counts \(end.records) records where \(count) are") }
        guard let seal else { return }
        do throws(Damage) { _ = try bytes.frame(at: place, as: .index, after: seal) } catch {
            report.add(nil, nil, "the index does not follow the last chunk: \(error.text)")
        }
    }
}

extension TrajectoryVerification {
    fileprivate init(hash: Digest32, isSealed: Bool) {
        self.hash = hash
        self.isSealed = isSealed
    }

    fileprivate mutating func add(_ chunk: Int?, _ records: Range<Int>?, _ text: String) {
        problems.append(Problem(chunk: chunk, records: records, text: text))
    }
}
