@testable import Workers

extension LineFramer {
    mutating func append(_ bytes: some Collection<UInt8>) { Array(bytes).withUnsafeBytes { append($0) } }
}

extension LogRing {
    mutating func append(_ bytes: some Collection<UInt8>) { Array(bytes).withUnsafeBytes { append($0) } }
}
