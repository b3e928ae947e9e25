import Foundations
import Glibc
import Signing
import TestSupport
import Testing

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

/// RFC 8032, section 7.1: secret, public, message, signature.
@Test(arguments: [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            + "d25bf5f0595bbe24655141438e7a100b"
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            + "4a7c15e9716ed28dc027beceea1ec40a"
    ),
])
func `signatures are those of RFC 8032`(secret: String, point: String, message: String, signature: String) throws {
    let key = try SigningKey(seed: bytes(secret))
    #expect(key.verifying.point == bytes(point))
    #expect(try key.sign(bytes(message)) == bytes(signature))
    #expect(key.verifying.verify(bytes(signature), of: bytes(message)))
    #expect(!key.verifying.verify(bytes(signature), of: bytes(message) + [0]))
    #expect(!key.verifying.verify(Array(bytes(signature).dropLast()), of: bytes(message)))
}

@Test func `OpenSSL's program reads our keys, and we read those it makes`() throws {
    let folder = try TemporaryDirectory()
    let store = KeyStore(directory: folder.path + "/keys")
    let key = try store.create("mine")
    let openssl = try run(["openssl", "pkey", "-in", folder.path + "/keys/mine.pem", "-pubout"])
    #expect(openssl.text == key.verifying.pem)
    let made = try run(["openssl", "genpkey", "-algorithm", "ed25519"])
    let read = try SigningKey(pem: made.text)
    #expect(try VerifyingKey(pem: read.verifying.pem).verify(read.sign([1, 2]), of: [1, 2]))
    let rsa = try run(["openssl", "genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024"])
    #expect(throws: Failure.self) { try SigningKey(pem: rsa.text) }
}

@Test func `a secret key's file is for its owner alone, and one that others can read is not used`() throws {
    let folder = try TemporaryDirectory()
    let store = KeyStore(directory: folder.path + "/data/keys")
    let first = try store.serverKey()
    #expect(try store.serverKey().verifying == first.verifying)
    let path = store.directory + "/server.pem"
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(#expect(throws: Failure.self) { try store.create("server") }?.code == .alreadyExists)
    chmod(path, 0o640)
    #expect(#expect(throws: Failure.self) { try store.signingKey("server") }?.code == .failedPrecondition)
}

@Test func `a store lists its keys by name, those of others too, and refuses names that are paths`() throws {
    let folder = try TemporaryDirectory()
    let store = KeyStore(directory: folder.path)
    try store.create("b")
    let other = try SigningKey.generate().verifying
    try store.add("a", pem: other.pem)
    #expect(try store.list().map(\.name) == ["a", "b"])
    #expect(try store.list().map(\.canSign) == [false, true])
    #expect(try store.verifyingKey("a") == other)
    #expect(#expect(throws: Failure.self) { try store.signingKey("a") }?.code == .notFound)
    for name in ["../b", "", ".b", "a/b", String(repeating: "a", count: 65)] {
        #expect(#expect(throws: Failure.self) { try store.signingKey(name) }?.code == .invalidArgument)
    }
}
