import Digest
import Foundations
import JSON
import Signing
import Testing

@Test func `Base64 is that of RFC 4648, and both alphabets are read`() {
    for (text, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
        #expect(Base64.encode(Array(text.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(text.utf8))
    }
    #expect(Base64.decode("-_8") == Base64.decode("+/8="))
    for bad in ["Z", "Zg=", "Zh==", "Zg==Zg==", "Zm 9v", "Zm9v\n", "====", "Zm9v="] {
        #expect(Base64.decode(bad) == nil)
    }
}

@Test func `what is signed is the specification's example`() {
    let bytes = Envelope.preAuthentication(Array("hello world".utf8), type: "http://example.com/HelloWorld")
    #expect(String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
}

private struct Keys {
    let one: SigningKey
    let two: SigningKey

    init() throws {
        one = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
        two = try SigningKey(seed: [UInt8](repeating: 2, count: 32))
    }
}

@Test func `an envelope is read back, and counts each key once`() throws {
    let keys = try Keys()
    let (one, two) = (keys.one, keys.two)
    let envelope = try Envelope(Array("x".utf8), type: "text/plain", signedBy: [one, one])
    #expect(envelope.signatures.count == 1)
    let read = try Envelope(parsing: envelope.json.encoded())
    #expect(read == envelope)
    #expect(try read.verified(by: [one.verifying], type: "text/plain") == Array("x".utf8))
    let failure = #expect(throws: Failure.self) {
        try read.verified(by: [one.verifying, one.verifying, two.verifying], threshold: 2, type: "text/plain")
    }
    #expect(failure?.code == .permissionDenied)
    #expect(throws: Failure.self) { try read.verified(by: [two.verifying], type: "text/plain") }
    #expect(throws: Failure.self) { try read.verified(by: [one.verifying], type: "text/html") }
    #expect(throws: Failure.self) { try read.verified(by: [], threshold: 0, type: "text/plain") }
}

@Test func `a changed payload, type or signature is not verified, whatever key id it claims`() throws {
    let key = try Keys().one
    let envelope = try Envelope(Array("x".utf8), type: "text/plain", signedBy: [key])
    let signature = envelope.json["signatures"]?[0] ?? .null
    var others: [JSONValue] = []
    var other = envelope.json
    other["payload"] = .string(Base64.encode(Array("y".utf8)))
    others.append(other)
    other = envelope.json
    other["payloadType"] = "text/html"
    others.append(other)
    other = envelope.json
    var forged = signature
    forged["sig"] = .string(Base64.encode([UInt8](repeating: 7, count: 64)))
    other["signatures"] = [forged]
    others.append(other)
    for value in others { #expect(try Envelope(value).signers(among: [key.verifying]).isEmpty) }
    var anonymous = signature
    anonymous["keyid"] = nil
    other["signatures"] = [forged, anonymous]
    #expect(try Envelope(other).signers(among: [key.verifying]) == [key.verifying])
}

@Test func `envelopes beyond a limit or without a part are refused`() throws {
    let key = try Keys().one
    let json = try Envelope([1, 2, 3, 4, 5, 6], type: "t", signedBy: [key]).json
    var limits = Envelope.Limits()
    limits.payload = 5
    #expect(throws: Failure.self) { try Envelope(json, limits: limits) }
    limits = Envelope.Limits()
    limits.envelope = 10
    #expect(throws: Failure.self) { try Envelope(parsing: json.encoded(), limits: limits) }
    limits = Envelope.Limits()
    limits.signatures = 0
    #expect(throws: Failure.self) { try Envelope(json, limits: limits) }
    for name in ["payload", "payloadType", "signatures"] {
        var less = json
        less[name] = nil
        #expect(#expect(throws: Failure.self) { try Envelope(less) }?.code == .invalidArgument)
        less[name] = []
        #expect(throws: Failure.self) { try Envelope(less) }
    }
    #expect(#expect(throws: Failure.self) { try Envelope(parsing: [1]) }?.code == .malformedJSON)
}

@Test func `a statement is signed in canonical JSON and read only from an envelope that is verified`() throws {
    let keys = try Keys()
    let digest = SHA256.hash("bundle")
    let statement = Statement(
        about: [.init(name: "classic/CartPole@1.0.0", sha256: digest)], predicateType: "https://example.com/p",
        predicate: ["b": 1, "a": [1.5]])
    let envelope = try statement.signed(by: [keys.one])
    #expect(envelope.payload == statement.json.canonical)
    let read = try Statement(verifying: envelope, by: [keys.one.verifying])
    #expect(read == statement && read.isAbout(sha256: digest))
    #expect(throws: Failure.self) { try Statement(verifying: envelope, by: [keys.two.verifying]) }
    let text = try Envelope(Array("{}".utf8), type: Statement.payloadType, signedBy: [keys.one])
    #expect(throws: Failure.self) { try Statement(verifying: text, by: [keys.one.verifying]) }
}
