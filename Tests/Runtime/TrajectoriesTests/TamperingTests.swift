import Digest
import Foundations
import Glibc
import Sessions
import TestSupport
import Testing

@testable import Trajectories

@Suite struct TamperingTests {
    /// Rewrites a file with other records, sealed anew, and says what verification finds.
    private func forged(_ change: (inout [StoredRecord]) -> Void) throws -> TrajectoryVerification {
        try withTemporaryFolder { folder in
            let records = Made.cartPole(500)
            let header = try Made.header()
            var links: [Digest32] = []
            var chain = RecordChain(after: header.base)
            for record in records { links.append(chain.append(record.bytes)) }
            let path = "\(folder)/a.ctraj"
            let writer = try TrajectoryWriter(path: path, header: header)
            for start in stride(from: 0, to: 500, by: 100) {
                var part = Array(records[start..<start + 100])
                if start == 200 { change(&part) }
                try writer.append(part, link: links[start + 99])
            }
            _ = try writer.finish(state: "closed", reason: "requested")
            return try TrajectoryFile(path).verify(against: chain.link)
        }
    }

    @Test func `a forger who seals anew is found in the chunk of the step`() throws {
        let original = try forged { _ in }
        #expect(original.isIntact)
        let changes: [(inout [StoredRecord]) -> Void] = [
            { $0[50].bytes[20] ^= 1 }, { $0.remove(at: 50) }, { $0.swapAt(50, 52) },
            { $0.insert($0[50], at: 50) },
        ]
        for change in changes {
            let report = try forged(change)
            #expect(report.problems.first?.chunk == 2)
        }
    }

    @Test func `a forger who makes all links new is found by the hash`() throws {
        try withTemporaryFolder { folder in
            var records = Made.cartPole(300)
            let hash = try Made.write(records, to: "\(folder)/a.ctraj")
            records[250] = Made.stored(Made.step("1", Made.floats([0, 0, 0, 0]), reward: 100))
            try Made.write(records, to: "\(folder)/b.ctraj")
            let forged = try TrajectoryFile("\(folder)/b.ctraj")
            #expect(forged.verify().isIntact)
            #expect(!forged.verify(against: hash).isIntact)
        }
    }

    @Test func `every flipped bit is found, and its chunk named`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            try Made.write(Made.cartPole(300), to: path, chunk: 60)
            let whole = try readFile(path)
            let original = try TrajectoryFile(path)
            var random = SystemRandomNumberGenerator()
            for place in stride(from: 0, to: whole.count, by: 7) {
                var bytes = whole
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try writeFile(path, bytes)
                // The footer only says where index and end are: a wrong one is found by what is there.
                guard let file = try? TrajectoryFile(path) else { continue }
                let report = file.verify()
                #expect(!report.isIntact, "byte \(place)")
                let chunk = original.chunks.lastIndex { $0.offset <= place }
                guard let chunk, place < whole.count - 1000, file.end != nil else { continue }
                #expect(report.problems.contains { $0.chunk == chunk }, "byte \(place)")
            }
        }
    }

    @Test func `chunks left out, swapped or repeated are found`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            try Made.write(Made.cartPole(300), to: path, chunk: 60)
            let whole = try readFile(path)
            let file = try TrajectoryFile(path)
            let starts = file.chunks.map(\.offset)
            func part(_ number: Int) -> ArraySlice<UInt8> { whole[starts[number]..<starts[number + 1]] }
            let head = whole[..<starts[0]]
            let rest = whole[starts[4]...]
            for order in [[0, 2, 3], [0, 2, 1, 3], [0, 1, 1, 2, 3]] {
                try writeFile(path, order.reduce(Array(head)) { $0 + part($1) } + rest)
                guard let changed = try? TrajectoryFile(path) else { continue }
                #expect(!changed.verify().isIntact)
            }
            try writeFile(path, Array(whole.dropLast(300)))
            #expect(try !TrajectoryFile(path).verify().isIntact)
        }
    }
}
