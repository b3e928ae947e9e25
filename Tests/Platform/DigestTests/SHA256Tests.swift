import Digest
import Testing

@Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
])
func `digests are those of FIPS 180-4`(text: String, hex: String) {
    #expect(SHA256.hash(text).hex == hex)
    #expect(SHA256.hash(text) == Digest32(hex: hex.uppercased()))
}

@Test func `a message in pieces has the digest of the whole, and a context serves many messages`() {
    let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var hash = SHA256()
    for size in [1, 63, 64, 65, 999] {
        var rest = message[...]
        while !rest.isEmpty {
            hash.update(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(hash.finish() == SHA256.hash(message))
    }
    #expect(hash.finish() == SHA256.hash(""))
}

@Test func `a million letters have the known digest`() {
    var hash = SHA256()
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { hash.update(letters) }
    #expect(hash.finish().description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}

@Test func `a digest is read from 32 bytes or 64 digits and from nothing else`() {
    let digest = SHA256.hash("abc")
    #expect(Digest32(bytes: digest.bytes) == digest)
    #expect(Digest32(hex: digest.hex) == digest)
    #expect(Digest32(bytes: digest.bytes.dropLast()) == nil)
    for text in ["", "ab", digest.hex + "0", String(digest.hex.dropLast()), digest.hex.dropLast() + "g"] {
        #expect(Digest32(hex: text) == nil)
    }
}
