import Foundations
import Glibc
import TestSupport
import Testing

@testable import Trajectories

/// Numbers that are the same in every run.
private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct FuzzTests {
    private let isLong = getenv("CORRAL_LONG").map { String(cString: $0) == "1" } ?? false

    private func damaged(_ bytes: [UInt8], _ noise: inout Noise) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &noise) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &noise)
            switch Int.random(in: 0..<5, using: &noise) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
            case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &noise) ?? 0
            case 2: bytes.removeLast(min(bytes.count, Int.random(in: 1...40, using: &noise)))
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &noise), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &noise)))
            }
        }
        return bytes
    }

    /// Behind the seals: what a forger can make who seals what he likes.
    @Test func `no bytes in a chunk's body trap`() {
        var noise = Noise(state: 1)
        var encoder = ChunkEncoder()
        let records = Made.cartPole(23) + [Made.stored([1, 2, 3]), Made.stored([], agent: "a")]
        for record in records { encoder.append(record) }
        let body = encoder.encoded()
        var read = 0
        for _ in 0..<(isLong ? 1_000_000 : 4000) {
            let bytes = damaged(body, &noise)
            let size = Bool.random(using: &noise) ? encoder.byteCount : Int.random(in: 0...4000, using: &noise)
            guard let decoder = try? ChunkDecoder(bytes, count: records.count, byteCount: size) else { continue }
            var total = 0
            for place in 0..<records.count {
                let record = decoder.record(at: place)
                total += record.bytes.count
                _ = decoder.tag(at: place)
                _ = try? RecordContent(record.bytes)
            }
            #expect(total == size)
            read += 1
        }
        #expect(read > 0)
    }

    @Test func `no bytes of a record trap`() {
        var noise = Noise(state: 2)
        let records = Made.cartPole(12).map(\.bytes) + [Made.error([0x12] + Made.leaf("1"), code: "boom")]
        var scanner = RecordScanner()
        for index in 0..<(isLong ? 1_000_000 : 4000) {
            let bytes = damaged(records[index % records.count], &noise)
            scanner.scan(bytes)
            _ = try? TrajectoryRecord(index: 0, episode: 0, stored: Made.stored(bytes)).json()
            var encoder = ChunkEncoder()
            encoder.append(Made.stored(bytes))
            let decoder = try? ChunkDecoder(encoder.encoded(), count: 1, byteCount: bytes.count)
            #expect(decoder?.record(at: 0).bytes == bytes)
        }
    }

    @Test func `no file traps`() throws {
        var noise = Noise(state: 3)
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.ctraj"
            try Made.write(Made.cartPole(40), to: path, chunk: 10)
            let whole = try readFile(path)
            for _ in 0..<(isLong ? 100_000 : 400) {
                try writeFile(path, damaged(whole, &noise))
                guard let file = try? TrajectoryFile(path) else { continue }
                _ = file.verify()
                try? file.read { _ in }
                if !file.indices.isEmpty { _ = try? file.record(file.indices.lowerBound) }
                _ = try? TrajectoryFile.recover(path)
            }
        }
    }
}
