// Made by protoc-gen-corral from everything.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

/// Package `corral.test`.
public enum CorralTest {}

extension CorralTest {
    public enum Mood: ProtobufEnum {
        case none
        case good
        case bad
        /// A value that this build does not know.
        case unrecognized(Int32)

        public init(rawValue: Int32) {
            switch rawValue {
            case 0: self = .none
            case 1: self = .good
            case -2: self = .bad
            default: self = .unrecognized(rawValue)
            }
        }

        public var rawValue: Int32 {
            switch self {
            case .none: 0
            case .good: 1
            case .bad: -2
            case .unrecognized(let value): value
            }
        }
    }

    /// Every kind of field that the codec knows.
    public struct Everything: ProtobufMessage {
        public var aDouble: Double = 0
        public var aFloat: Float = 0
        public var anInt32: Int32 = 0
        public var anInt64: Int64 = 0
        public var aUint32: UInt32 = 0
        public var aUint64: UInt64 = 0
        public var aSint32: Int32 = 0
        public var aSint64: Int64 = 0
        public var aFixed32: UInt32 = 0
        public var aFixed64: UInt64 = 0
        public var aSfixed32: Int32 = 0
        public var aSfixed64: Int64 = 0
        public var aBool: Bool = false
        public var aString: String = ""
        public var someBytes: [UInt8] = []
        public var mood: CorralTest.Mood = CorralTest.Mood(rawValue: 0)
        public var inner: CorralTest.Inner?
        public var maybeNumber: Int32?
        public var maybeText: String?
        public var numbers: [Int32] = []
        public var doubles: [Double] = []
        public var texts: [String] = []
        public var inners: [CorralTest.Inner] = []
        public var moods: [CorralTest.Mood] = []
        public var zigzags: [Int64] = []
        public var flags: [Bool] = []
        public var byText: [String: Int64] = [:]
        public var byNumber: [Int32: CorralTest.Inner] = [:]
        public var byUnsigned: [UInt64: [UInt8]] = [:]
        public enum Choice: Sendable, Equatable {
            case chosenNumber(Int32)
            case chosenText(String)
            case chosenInner(CorralTest.Inner)
            case chosenMood(CorralTest.Mood)
        }
        public var choice: Choice?
        public var children: [CorralTest.Everything] = []
        public var fixed: [UInt64] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufDouble.self, tag, into: &aDouble)
                case 2: try reader.read(ProtobufFloat.self, tag, into: &aFloat)
                case 3: try reader.read(ProtobufInt32.self, tag, into: &anInt32)
                case 4: try reader.read(ProtobufInt64.self, tag, into: &anInt64)
                case 5: try reader.read(ProtobufUInt32.self, tag, into: &aUint32)
                case 6: try reader.read(ProtobufUInt64.self, tag, into: &aUint64)
                case 7: try reader.read(ProtobufSInt32.self, tag, into: &aSint32)
                case 8: try reader.read(ProtobufSInt64.self, tag, into: &aSint64)
                case 9: try reader.read(ProtobufFixed32.self, tag, into: &aFixed32)
                case 10: try reader.read(ProtobufFixed64.self, tag, into: &aFixed64)
                case 11: try reader.read(ProtobufSFixed32.self, tag, into: &aSfixed32)
                case 12: try reader.read(ProtobufSFixed64.self, tag, into: &aSfixed64)
                case 13: try reader.read(ProtobufBool.self, tag, into: &aBool)
                case 14: try reader.read(ProtobufString.self, tag, into: &aString)
                case 15: try reader.read(ProtobufBytes.self, tag, into: &someBytes)
                case 16: try reader.read(ProtobufEnumKind<CorralTest.Mood>.self, tag, into: &mood)
                case 17: try reader.read(ProtobufMessageKind<CorralTest.Inner>.self, tag, into: &inner)
                case 18: try reader.read(ProtobufInt32.self, tag, into: &maybeNumber)
                case 19: try reader.read(ProtobufString.self, tag, into: &maybeText)
                case 20: try reader.read(ProtobufInt32.self, tag, into: &numbers)
                case 21: try reader.read(ProtobufDouble.self, tag, into: &doubles)
                case 22: try reader.read(ProtobufString.self, tag, into: &texts)
                case 23: try reader.read(ProtobufMessageKind<CorralTest.Inner>.self, tag, into: &inners)
                case 24: try reader.read(ProtobufEnumKind<CorralTest.Mood>.self, tag, into: &moods)
                case 25: try reader.read(ProtobufSInt64.self, tag, into: &zigzags)
                case 26: try reader.read(ProtobufBool.self, tag, into: &flags)
                case 27: try reader.read(ProtobufString.self, ProtobufInt64.self, tag, into: &byText)
                case 28: try reader.read(ProtobufInt32.self, ProtobufMessageKind<CorralTest.Inner>.self, tag, into: &byNumber)
                case 29: try reader.read(ProtobufUInt64.self, ProtobufBytes.self, tag, into: &byUnsigned)
                case 30:
                    var value: Int32?
                    try reader.read(ProtobufInt32.self, tag, into: &value)
                    if let value { choice = .chosenNumber(value) }
                case 31:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { choice = .chosenText(value) }
                case 32:
                    var value: CorralTest.Inner?
                    if case .chosenInner(let old) = choice { value = old }
                    try reader.read(ProtobufMessageKind<CorralTest.Inner>.self, tag, into: &value)
                    if let value { choice = .chosenInner(value) }
                case 33:
                    var value: CorralTest.Mood?
                    try reader.read(ProtobufEnumKind<CorralTest.Mood>.self, tag, into: &value)
                    if let value { choice = .chosenMood(value) }
                case 34: try reader.read(ProtobufMessageKind<CorralTest.Everything>.self, tag, into: &children)
                case 35: try reader.read(ProtobufFixed64.self, tag, into: &fixed)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufDouble.self, 1, aDouble)
            writer.write(ProtobufFloat.self, 2, aFloat)
            writer.write(ProtobufInt32.self, 3, anInt32)
            writer.write(ProtobufInt64.self, 4, anInt64)
            writer.write(ProtobufUInt32.self, 5, aUint32)
            writer.write(ProtobufUInt64.self, 6, aUint64)
            writer.write(ProtobufSInt32.self, 7, aSint32)
            writer.write(ProtobufSInt64.self, 8, aSint64)
            writer.write(ProtobufFixed32.self, 9, aFixed32)
            writer.write(ProtobufFixed64.self, 10, aFixed64)
            writer.write(ProtobufSFixed32.self, 11, aSfixed32)
            writer.write(ProtobufSFixed64.self, 12, aSfixed64)
            writer.write(ProtobufBool.self, 13, aBool)
            writer.write(ProtobufString.self, 14, aString)
            writer.write(ProtobufBytes.self, 15, someBytes)
            writer.write(ProtobufEnumKind<CorralTest.Mood>.self, 16, mood)
            writer.write(ProtobufMessageKind<CorralTest.Inner>.self, 17, inner)
            writer.write(ProtobufInt32.self, 18, maybeNumber)
            writer.write(ProtobufString.self, 19, maybeText)
            writer.write(ProtobufInt32.self, 20, numbers)
            writer.write(ProtobufDouble.self, 21, doubles)
            writer.write(ProtobufString.self, 22, texts)
            writer.write(ProtobufMessageKind<CorralTest.Inner>.self, 23, inners)
            writer.write(ProtobufEnumKind<CorralTest.Mood>.self, 24, moods)
            writer.write(ProtobufSInt64.self, 25, zigzags)
            writer.write(ProtobufBool.self, 26, flags)
            writer.write(ProtobufString.self, ProtobufInt64.self, 27, byText)
            writer.write(ProtobufInt32.self, ProtobufMessageKind<CorralTest.Inner>.self, 28, byNumber)
            writer.write(ProtobufUInt64.self, ProtobufBytes.self, 29, byUnsigned)
            switch choice {
            case .chosenNumber(let value)?: writer.always(ProtobufInt32.self, 30, value)
            case .chosenText(let value)?: writer.always(ProtobufString.self, 31, value)
            case .chosenInner(let value)?: writer.always(ProtobufMessageKind<CorralTest.Inner>.self, 32, value)
            case .chosenMood(let value)?: writer.always(ProtobufEnumKind<CorralTest.Mood>.self, 33, value)
            case nil: break
            }
            writer.write(ProtobufMessageKind<CorralTest.Everything>.self, 34, children)
            writer.write(ProtobufFixed64.self, 35, fixed)
        }
    }

    public struct Inner: ProtobufMessage {
        public var number: Int32 = 0
        public var text: String = ""
        public var numbers: [Int32] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &number)
                case 2: try reader.read(ProtobufString.self, tag, into: &text)
                case 3: try reader.read(ProtobufInt32.self, tag, into: &numbers)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt32.self, 1, number)
            writer.write(ProtobufString.self, 2, text)
            writer.write(ProtobufInt32.self, 3, numbers)
        }
    }

    /// The descriptor of the file, for reflection.
    public static let fileEverything = ProtobufFile(
        name: "everything.proto", package: "corral.test",
        dependencies: [],
        symbols: ["corral.test.Mood", "corral.test.Everything", "corral.test.Everything.ByTextEntry", "corral.test.Everything.ByNumberEntry", "corral.test.Everything.ByUnsignedEntry", "corral.test.Inner"],
        hexadecimal: """
            0a1065766572797468696e672e70726f746f120b636f7272616c2e7465737422dc0b0a0a45766572797468696e6712190a08615f646f75626c651801
            20012801520761446f75626c6512170a07615f666c6f6174180220012802520661466c6f617412190a08616e5f696e7433321803200128055207616e
            496e74333212190a08616e5f696e7436341804200128035207616e496e74363412190a08615f75696e74333218052001280d52076155696e74333212
            190a08615f75696e74363418062001280452076155696e74363412190a08615f73696e74333218072001281152076153696e74333212190a08615f73
            696e74363418082001281252076153696e743634121b0a09615f6669786564333218092001280752086146697865643332121b0a09615f6669786564
            3634180a2001280652086146697865643634121d0a0a615f7366697865643332180b2001280f5209615366697865643332121d0a0a615f7366697865
            643634180c20012810520961536669786564363412150a06615f626f6f6c180d20012808520561426f6f6c12190a08615f737472696e67180e200128
            09520761537472696e67121d0a0a736f6d655f6279746573180f2001280c5209736f6d65427974657312250a046d6f6f6418102001280e32112e636f
            7272616c2e746573742e4d6f6f6452046d6f6f6412280a05696e6e657218112001280b32122e636f7272616c2e746573742e496e6e65725205696e6e
            657212260a0c6d617962655f6e756d6265721812200128054801520b6d617962654e756d62657288010112220a0a6d617962655f7465787418132001
            2809480252096d617962655465787488010112180a076e756d6265727318142003280552076e756d6265727312180a07646f75626c65731815200328
            015207646f75626c657312140a05746578747318162003280952057465787473122a0a06696e6e65727318172003280b32122e636f7272616c2e7465
            73742e496e6e65725206696e6e65727312270a056d6f6f647318182003280e32112e636f7272616c2e746573742e4d6f6f6452056d6f6f647312180a
            077a69677a61677318192003281252077a69677a61677312140a05666c616773181a200328085205666c616773123c0a0762795f74657874181b2003
            280b32232e636f7272616c2e746573742e45766572797468696e672e427954657874456e747279520662795465787412420a0962795f6e756d626572
            181c2003280b32252e636f7272616c2e746573742e45766572797468696e672e42794e756d626572456e747279520862794e756d62657212480a0b62
            795f756e7369676e6564181d2003280b32272e636f7272616c2e746573742e45766572797468696e672e4279556e7369676e6564456e747279520a62
            79556e7369676e656412250a0d63686f73656e5f6e756d626572181e200128054800520c63686f73656e4e756d62657212210a0b63686f73656e5f74
            657874181f200128094800520a63686f73656e5465787412370a0c63686f73656e5f696e6e657218202001280b32122e636f7272616c2e746573742e
            496e6e65724800520b63686f73656e496e6e657212340a0b63686f73656e5f6d6f6f6418212001280e32112e636f7272616c2e746573742e4d6f6f64
            4800520a63686f73656e4d6f6f6412330a086368696c6472656e18222003280b32172e636f7272616c2e746573742e45766572797468696e67520863
            68696c6472656e12140a056669786564182320032806520566697865641a390a0b427954657874456e74727912100a036b657918012001280952036b
            657912140a0576616c7565180220012803520576616c75653a0238011a4f0a0d42794e756d626572456e74727912100a036b65791801200128055203
            6b657912280a0576616c756518022001280b32122e636f7272616c2e746573742e496e6e6572520576616c75653a0238011a3d0a0f4279556e736967
            6e6564456e74727912100a036b657918012001280452036b657912140a0576616c756518022001280c520576616c75653a02380142080a0663686f69
            6365420f0a0d5f6d617962655f6e756d626572420d0a0b5f6d617962655f74657874224d0a05496e6e657212160a066e756d62657218012001280552
            066e756d62657212120a047465787418022001280952047465787412180a076e756d6265727318032003280552076e756d626572732a3b0a044d6f6f
            64120d0a094d4f4f445f4e4f4e451000120d0a094d4f4f445f474f4f44100112150a084d4f4f445f42414410feffffffffffffffff01620670726f74
            6f33
            """)
}
