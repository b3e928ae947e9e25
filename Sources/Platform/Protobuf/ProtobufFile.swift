/// The descriptor of one `.proto` file, as reflection tells it.
public struct ProtobufFile: Sendable {
    public let name: String
    public let package: String
    /// The names of the files that it imports.
    public let dependencies: [String]
    /// The full names of what it declares: messages, enumerations, services and methods.
    public let symbols: [String]
    private let hexadecimal: StaticString

    public init(
        name: String, package: String, dependencies: [String], symbols: [String], hexadecimal: StaticString
    ) {
        self.name = name
        self.package = package
        self.dependencies = dependencies
        self.symbols = symbols
        self.hexadecimal = hexadecimal
    }

    /// An encoded `google.protobuf.FileDescriptorProto`.
    public var descriptor: [UInt8] {
        hexadecimal.withUTF8Buffer { text in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 2)
            var high: UInt8?
            for character in text {
                guard let digit = Self.digit(character) else { continue }
                if let first = high {
                    bytes.append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            }
            return bytes
        }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
