import Protobuf
import Testing

/// A message by hand: a number, a text, some numbers, one of itself.
private struct Node: ProtobufMessage {
    var number: Int32 = 0
    var text = ""
    var numbers: [Int32] = []
    var children: [Node] = []
    var child: Leaf?
    var maybe: Int64?
    var byText: [String: Leaf] = [:]

    mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
        while let tag = try reader.nextTag() {
            switch tag.field {
            case 1: try reader.read(ProtobufInt32.self, tag, into: &number)
            case 2: try reader.read(ProtobufString.self, tag, into: &text)
            case 3: try reader.read(ProtobufInt32.self, tag, into: &numbers)
            case 4: try reader.read(ProtobufMessageKind<Node>.self, tag, into: &children)
            case 5: try reader.read(ProtobufMessageKind<Leaf>.self, tag, into: &child)
            case 6: try reader.read(ProtobufInt64.self, tag, into: &maybe)
            case 7: try reader.read(ProtobufString.self, ProtobufMessageKind<Leaf>.self, tag, into: &byText)
            default: try reader.skip(tag)
            }
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.write(ProtobufInt32.self, 1, number)
        writer.write(ProtobufString.self, 2, text)
        writer.write(ProtobufInt32.self, 3, numbers)
        writer.write(ProtobufMessageKind<Node>.self, 4, children)
        writer.write(ProtobufMessageKind<Leaf>.self, 5, child)
        writer.write(ProtobufInt64.self, 6, maybe)
        writer.write(ProtobufString.self, ProtobufMessageKind<Leaf>.self, 7, byText)
    }
}

private struct Leaf: ProtobufMessage {
    var first: UInt64 = 0
    var second = 0.0

    mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
        while let tag = try reader.nextTag() {
            switch tag.field {
            case 1: try reader.read(ProtobufUInt64.self, tag, into: &first)
            case 2: try reader.read(ProtobufDouble.self, tag, into: &second)
            default: try reader.skip(tag)
            }
        }
    }

    func write(to writer: inout ProtobufWriter) {
        writer.write(ProtobufUInt64.self, 1, first)
        writer.write(ProtobufDouble.self, 2, second)
    }
}

private func reason(_ bytes: [UInt8]) -> ProtobufError.Reason? {
    do throws(ProtobufError) {
        _ = try Node(protobuf: bytes)
        return nil
    } catch { return error.reason }
}

@Suite struct ReaderTests {
    @Test func `a message comes back as it was`() throws {
        var node = Node()
        (node.number, node.text, node.numbers, node.maybe) = (-7, "ä\0b", [1, -1, 300], 0)
        node.children = [Node(), node]
        node.child = Leaf(first: .max, second: -0.0)
        node.byText = ["b": Leaf(first: 2), "a": Leaf()]
        let back = try Node(protobuf: node.protobuf())
        #expect(back == node)
        #expect(back.child?.second.sign == .minus)
    }

    @Test func `fields at their initial values are not written, minus zero is`() {
        #expect(Node().protobuf().isEmpty)
        #expect(Leaf(first: 0, second: -0.0).protobuf().count == 9)
    }

    @Test func `numbers may come packed, one by one, or both`() throws {
        #expect(try Node(protobuf: [0x18, 1, 0x1a, 2, 2, 3, 0x18, 4]).numbers == [1, 2, 3, 4])
    }

    @Test func `a message that comes twice is merged`() throws {
        let node = try Node(protobuf: [0x2a, 2, 0x08, 5, 0x2a, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
        #expect(node.child == Leaf(first: 5, second: 1))
    }

    @Test func `a field of another wire type is one that is not known`() throws {
        #expect(try Node(protobuf: [0x0d, 1, 2, 3, 4, 0x10, 9, 0x08, 3]).number == 3)
    }

    @Test func `unknown fields of every wire type are passed over`() throws {
        let unknown: [UInt8] = [
            0x50, 0x96, 1, 0x51, 1, 2, 3, 4, 5, 6, 7, 8, 0x52, 2, 0, 0, 0x55, 1, 2, 3, 4, 0x53, 0x50, 1, 0x54,
        ]
        #expect(try Node(protobuf: unknown + [0x08, 1]).number == 1)
    }

    @Test func `the end of the message ends every field`() {
        for bytes: [UInt8] in [
            [0x08], [0x55, 1, 2, 3], [0x51, 1], [0x12, 5, 65], [0x08, 0x80], [0x1a, 2, 0x80, 0x80],
        ] {
            #expect(reason(bytes) == .truncated, "\(bytes)")
        }
    }

    @Test func `what cannot be is refused`() {
        #expect(reason([0x00, 1]) == .fieldNumber)
        #expect(reason([0x0e]) == .wireType)
        #expect(reason([0x53, 0x5c]) == .unmatchedGroup)
        #expect(reason([0x53]) == .unmatchedGroup)
        #expect(reason([0x54]) == .unmatchedGroup)
        #expect(reason([0x12, 1, 0xff]) == .invalidUTF8)
        #expect(reason([0x08] + [UInt8](repeating: 0x80, count: 10) + [1]) == .varintTooLong)
        #expect(reason([0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]) == .truncated)
    }

    @Test func `messages nest to a limit, groups too`() {
        var bytes: [UInt8] = []
        for _ in 0..<99 {
            var writer = ProtobufWriter()
            writer.always(ProtobufBytes.self, 4, bytes)
            bytes = writer.bytes
        }
        #expect(reason(bytes) == nil)
        var writer = ProtobufWriter()
        writer.always(ProtobufBytes.self, 4, bytes)
        #expect(reason(writer.bytes) == .tooDeep)
        #expect(reason([UInt8](repeating: 0x53, count: 1_000_000)) == .tooDeep)
    }

    @Test(arguments: 0..<20)
    func `no bytes trap`(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        var valid = Node()
        valid.numbers = [1, 2, 3]
        valid.children = [Node(), Node()]
        valid.byText = ["a": Leaf(first: 1, second: 2)]
        let sound = valid.protobuf()
        for _ in 0..<500 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: .min ... .max, using: &generator)
            }
            if let node = try? Node(protobuf: bytes) {
                let again = node.protobuf()
                #expect(try Node(protobuf: again).protobuf() == again)
            }
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
