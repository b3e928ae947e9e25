import JSON
import Testing

private func read(_ text: String) throws -> JSONNumber {
    try JSONReader.reading(Array(text.utf8)) { (reader) throws(JSONError) in try reader.readNumber() }
}

/// The same numbers in every run.
private struct Xorshift: RandomNumberGenerator {
    private var state: UInt64 = 0x2545_f491_4f6c_dd1d

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

@Test func `numbers of every form are the nearest double`() throws {
    var random = Xorshift()
    for _ in 0..<20_000 {
        let value = Double(bitPattern: random.next())
        guard value.isFinite else { continue }
        #expect(try read(value.description).double == value)
    }
    for _ in 0..<20_000 {
        let digits = random.next() >> UInt64.random(in: 0..<64)
        let exponent = Int.random(in: -40...40)
        let text = "\(digits)e\(exponent)"
        #expect(try read(text).double == Double(text))
        let fraction = "0.\(digits)"
        let mixed = "\(digits).\(digits)"
        #expect(try read(fraction).double == Double(fraction))
        #expect(try read(mixed).double == Double(mixed))
    }
}

@Test func `halfway cases round to even`() throws {
    for text in [
        "9007199254740993", "9007199254740993.0", "9007199254740993.00000000000000001", "90071992547409930e-1",
        "9007199254740991.5", "4503599627370497.5", "4503599627370496.5",
        "1.00000000000000011102230246251565404236316680908203125",
    ] {
        #expect(try read(text).double == Double(text), "\(text)")
    }
}

@Test func `integers between the signed and the unsigned maximum are exact`() throws {
    #expect(try read("18446744073709551615") == .unsigned(.max))
    #expect(try read("9223372036854775808") == .unsigned(1 << 63))
    #expect(try read("18446744073709551616") == .double(18_446_744_073_709_551_616))
    #expect(try read("3.0").exactly(UInt8.self) == 3)
    #expect(try read("256").exactly(UInt8.self) == nil)
    #expect(try read("1.5").exactly(Int64.self) == nil)
}
