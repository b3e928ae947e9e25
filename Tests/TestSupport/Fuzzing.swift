import Glibc

/// Draws the same numbers in every run (SplitMix64).
public struct FuzzGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// One of the texts, spoilt in a few places half of the time.
    public mutating func spoilt(_ texts: [[UInt8]]) -> [UInt8] {
        var bytes = texts.randomElement(using: &self) ?? []
        guard Bool.random(using: &self) else { return bytes }
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...max(0, bytes.count - 1), using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &self), at: min(place, bytes.count))
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &self)))
            default:
                let piece = bytes.dropFirst(place).prefix(Int.random(in: 0...16, using: &self))
                bytes.insert(contentsOf: Array(piece), at: min(place, bytes.count))
            }
        }
        return bytes
    }
}

/// How many cases a fuzzing test goes through: a sample, or with `CORRAL_LONG` all.
public func fuzzCases(sample: Int = 20_000, all: Int = 1_000_000) -> Int {
    getenv("CORRAL_LONG").map { String(cString: $0) == "1" } ?? false ? all : sample
}

/// Memory that this process has in use, in bytes.
public func residentMemory() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var (size, resident) = (0, 0)
    _ = withUnsafeMutablePointer(to: &size) { size in
        withUnsafeMutablePointer(to: &resident) { resident in
            withVaList([size, resident]) { vfscanf(file, "%ld %ld", $0) }
        }
    }
    return resident * Int(getpagesize())
}
