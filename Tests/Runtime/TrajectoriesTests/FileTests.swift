import Foundations
import Glibc
import JSON
import Sessions
import TestSupport
import Testing

@testable import Trajectories

@Suite struct FileTests {
    private func check(_ records: [StoredRecord], _ chunk: Int = 100) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            let hash = try Made.write(records, to: path, chunk: chunk)
            let file = try TrajectoryFile(path)
            var read: [StoredRecord] = []
            try file.read { record in read.append(record.stored) }
            #expect(read == records)
            for index in records.indices.shuffled().prefix(20) {
                #expect(try file.record(index).stored == records[index])
            }
            let report = file.verify(against: hash)
            #expect(report.problems == [])
            #expect(report.records == records.count && report.isSealed && report.isRecomputed)
        }
    }

    @Test func `records of every kind come back byte by byte`() throws {
        let text = Made.leaf(#""You are in a room.""#)
        let dict: [UInt8] = [3, 1, 0, 0, 0, 1, 0, 0, 0] + Array("k".utf8) + Made.floats([1, 2])
        let list: [UInt8] = [4, 2, 0, 0, 0] + text + Made.floats([])
        let image = Made.tensor(.uint8, [30, 30], (0..<900).map { UInt8($0 % 251) })
        let wide = Made.tensor(.float64, [100], (0..<800).map { UInt8($0 % 13) })
        let agents: [UInt8] =
            [0x12] + Made.leaf("1") + text + [1, 0, 0, 0] + Made.counted("a") + [0] + [1, 0, 0, 0] + Made.counted("a")
            + [1] + [0, 0, 0, 0] + Made.counted("{}")
        let rows = Made.rows(Made.floats([1, 2]), isStep: true)
        let bytes: [[UInt8]] = [
            rows, Made.rows(Made.floats([3]), isStep: false),
            Made.reset(text, seed: -1), Made.step(#""look""#, text, reward: nil, info: #"{"a":[1,2]}"#),
            Made.step("0", dict), Made.step("1", list), Made.step("2", image), Made.step("3", wide, reward: -0.5),
            Made.error([0x12] + Made.leaf("4"), code: "boom"), agents, [], [9, 9, 9], [0x12], [0x11, 2],
        ]
        let records = (0..<60).map { index in
            Made.stored(
                bytes[index * 7 % bytes.count], at: Int64(index * index) * (index % 2 == 0 ? 1 : -1),
                agent: index % 3 == 0 ? "left" : index % 3 == 1 ? "right" : nil)
        }
        try check(records, 7)
        try check(records, 60)
    }

    @Test func `a call of several rows is told with arrays`() throws {
        let record = TrajectoryRecord(
            index: 1, episode: 0, stored: Made.stored(Made.rows(Made.floats([1, 2]), isStep: true)))
        let json = try JSONValue(parsing: try record.json())
        #expect(json["observation"] == [1.0, 2.0] && json["reward"] == [0.5, -1.0])
        #expect(json["terminated"] == [true, false] && json["truncated"] == [false, false])
        #expect(json["info"] == ["a": [3.0]])
        let other = Made.stored(Made.rows(Made.floats([1, 2]), isStep: true, ended: false))
        let found = try RecordComparison().differences(record.stored, other)
        #expect(found.map(\.pointer) == ["/terminated/0"] && found.map(\.aspect) == [.termination])
    }

    @Test func `more kinds than a chunk has room for are kept whole`() throws {
        try check((1..<200).map { Made.stored(Made.step("1", Made.floats([Float](repeating: 1, count: $0)))) }, 200)
    }

    @Test func `episodes are counted from resets that succeeded`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            var records = Made.cartPole(50)
            records[5] = Made.stored(Made.error([0x11, 0] + Made.counted("{}"), code: "boom"))
            try Made.write(records, to: path, chunk: 8)
            let file = try TrajectoryFile(path)
            var episodes: [Int] = []
            try file.read { episodes.append($0.episode) }
            #expect(episodes == (0..<50).map { $0 / 11 })
            #expect(file.end?.episodes == 5)
        }
    }

    @Test func `CartPole takes a quarter of its JSON lines`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            try Made.write(Made.cartPole(4096), to: path, chunk: 4096)
            let file = try TrajectoryFile(path)
            var lines = 0
            try file.read { (record) throws(Failure) in lines += try record.json().count + 1 }
            #expect(file.size * 4 <= lines)
        }
    }

    @Test func `of a digest the observation is gone and the rest is there`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            let hash = try Made.write(Made.cartPole(30), to: path, mode: .digest)
            let file = try TrajectoryFile(path)
            let report = file.verify(against: hash)
            #expect(report.isIntact && !report.isRecomputed)
            let json = try JSONValue(parsing: try file.record(3).json())
            #expect(json["observation"] == nil && json["reward"]?.double == 1 && json["action"] == 1)
            #expect(json["observation_digest"]?.string?.hasPrefix("sha256:") == true)
        }
    }

    @Test func `a file without an end is read to its last whole chunk, and mended`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            let records = Made.cartPole(300)
            try Made.write(records, to: path, ends: false)
            let whole = try readFile(path)
            let file = try TrajectoryFile(path)
            #expect(file.indices == 0..<300 && file.end == nil)
            #expect(!file.verify().isIntact && file.verify(isLive: true).isIntact)
            for cut in [1, 40, 500] {
                try writeFile(path, Array(whole.dropLast(cut)))
                #expect(try TrajectoryFile(path).indices == 0..<200)
                let recovery = try #require(try TrajectoryFile.recover(path))
                #expect(recovery.records == 200 && recovery.cutBytes > 0)
                let mended = try TrajectoryFile(path)
                #expect(mended.end?.state == "interrupted" && mended.end?.episodes == 19)
                #expect(mended.verify().isIntact)
                #expect(try TrajectoryFile.recover(path) == nil)
            }
        }
    }

    @Test func `a file that is written is not taken for abandoned`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            let writer = try TrajectoryWriter(path: path, header: try Made.header())
            #expect(try TrajectoryFile.recover(path) == nil)
            _ = try writer.finish(state: "closed", reason: "requested")
        }
    }
}
