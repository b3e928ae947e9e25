import NumPyRandom

// Draws for a test that compares them with NumPy's: reads one call a line, writes its result in one line.
//
//     seed 7 | words 1 2 3 | state STATE INC HAS HALF
//     uint64 | uint32 | random | uniform LOW HIGH | integers BOUND | integers32 BOUND
//     bytes N BOUND | shorts N BOUND | bits N | masked BOUND | where
func answer(_ call: [Substring], _ generator: inout PCG64) -> String? {
    func number<Word: FixedWidthInteger>(_ place: Int) -> Word { Word(call[place])! }
    func real(_ place: Int) -> Double { Double(bitPattern: number(place)) }
    switch call[0] {
    case "seed": generator = PCG64(seed: number(1))
    case "words": generator = PCG64(SeedSequence(words: call.dropFirst().map { UInt32($0)! }))
    case "state":
        let hasHalf = call[3] == "1"
        generator = PCG64(state: number(1), increment: number(2), hasHalf: hasHalf, half: number(4))
    case "uint64": return "\(generator.nextUInt64())"
    case "uint32": return "\(generator.nextUInt32())"
    case "random": return "\(generator.random().bitPattern)"
    case "uniform": return "\(generator.uniform(real(1), real(2)).bitPattern)"
    case "integers": return "\(generator.integer(through: number(1)))"
    case "integers32": return "\(generator.integer32(through: number(1)))"
    case "bytes": return list(generator.bytes(number(1), through: number(2)))
    case "shorts": return list(generator.shorts(number(1), through: number(2)))
    case "bits": return list(generator.bits(number(1)).map { $0 ? 1 : 0 })
    case "masked": return "\(generator.masked(through: number(1)))"
    case "where": break
    default: return nil
    }
    return "\(generator.state) \(generator.increment) \(generator.hasHalf ? 1 : 0) \(generator.half)"
}

func list(_ values: [some BinaryInteger]) -> String { values.map { "\($0)" }.joined(separator: " ") }

var generator = PCG64(seed: 0)
while let line = readLine(), !line.isEmpty {
    guard let result = answer(line.split(separator: " "), &generator) else {
        fatalError("no such call: \(line)")  // the test is at fault
    }
    print(result)
}
