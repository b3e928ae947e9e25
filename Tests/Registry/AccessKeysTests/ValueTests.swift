import Digest
import Foundations
import JSON
import Sessions
import Testing

@testable import AccessKeys

struct TokenTests {
    @Test func `a token names its id and holds 256 bits that no other has`() throws {
        let tokens = try (0..<100).map { _ in try AccessToken() }
        #expect(Set(tokens.map(\.id)).count == 100 && Set(tokens.map(\.text)).count == 100)
        for token in tokens {
            #expect(AccessToken.id(in: token.text) == token.id)
            #expect(token.id.utf8.count == 16 && token.text.utf8.count == 7 + 16 + 1 + 64)
            #expect(token.digest == SHA256.hash(token.text))
        }
        let zeros = try AccessToken { [UInt8](repeating: 0, count: $0) }
        #expect(zeros.text == "corral_0000000000000000_" + String(repeating: "0", count: 64))
    }

    @Test func `what has another form names no id`() throws {
        let text = try AccessToken().text
        let dashed = text.replacing("_", with: "-")
        let others: [String] = [
            "", "corral_", "\(text.dropLast())", "\(text)0", "Corral\(text.dropFirst(6))", text.uppercased(), dashed,
            "\(text.prefix(23))-\(text.dropFirst(24))", "\(text.dropLast())g", "\(text.dropLast(2))é",
        ]
        for other in others { #expect(AccessToken.id(in: other) == nil, "\(other)") }
    }

    @Test func `digests are compared as a whole`() {
        let digest = SHA256.hash("a")
        #expect(digest.equalsInConstantTime(SHA256.hash("a")))
        for place in 0..<32 {
            var bytes = digest.bytes
            bytes[place] ^= 1
            #expect(!digest.equalsInConstantTime(Digest32(bytes: bytes)!))
        }
    }
}

struct RateTests {
    private let start = ContinuousClock.now

    @Test func `a bucket gives its burst at once and then its rate`() throws {
        var bucket = TokenBucket(try RateLimit(perSecond: 2, burst: 3), at: start)
        for _ in 0..<3 { #expect(bucket.take(at: start) == nil) }
        #expect(bucket.take(at: start) == .seconds(0.5))
        #expect(bucket.take(at: start + .seconds(0.25)) == .seconds(0.25))
        #expect(bucket.take(at: start + .seconds(0.5)) == nil)
        #expect(bucket.take(at: start + .seconds(0.5)) != nil)
        for _ in 0..<3 { #expect(bucket.take(at: start + .seconds(100)) == nil) }
        #expect(bucket.take(at: start + .seconds(100)) != nil)
        #expect(bucket.take(at: start) != nil, "a clock that goes back gives nothing")
    }

    @Test func `rates that are none are refused`() {
        for (rate, burst) in [(0, nil), (-1, nil), (.nan, nil), (.infinity, nil), (2e6, nil), (1, 0), (1, -1)]
            as [(Double, Int?)]
        { #expect(throws: Failure.self) { try RateLimit(perSecond: rate, burst: burst) } }
        #expect(try! RateLimit(perSecond: 0.1).burst == 1)
        #expect(try! RateLimit(perSecond: 10.5).burst == 11)
    }
}

struct WishTests {
    private func wish(_ text: String) throws -> KeyWish { try KeyWish(json: try JSONValue(parsing: text)) }

    @Test func `a wish is read as it is written`() throws {
        let text = """
            {"caller":"ann","tenant":"lab","roles":{"art":["runner"]},"acts_for_tenant":true,
             "rate":{"per_second":0.5,"burst":2},"note":"n","expires_at":"2027-01-31"}
            """
        let read = try wish(text)
        #expect(try KeyWish(json: .object(read.json)) == read)
        #expect(read.rate == (try RateLimit(perSecond: 0.5, burst: 2)) && read.actsForTenant)
        #expect(read.expiresAt?.rfc3339 == "2027-01-31T00:00:00.000000Z")
        let least = try wish(#"{"caller":"ann","roles":["viewer"],"rate":null,"expires_at":null}"#)
        #expect(least.tenant == "ann" && least.rate == nil && least.expiresAt == nil && !least.actsForTenant)
    }

    @Test(arguments: [
        (#"{"roles":["viewer"]}"#, "caller"), (#"{"caller":"","roles":["viewer"]}"#, "caller"),
        (#"{"caller":"a b","roles":["viewer"]}"#, "caller"), (#"{"caller":"a"}"#, "roles"),
        (#"{"caller":"a","roles":[]}"#, "roles"), (#"{"caller":"a","roles":["king"]}"#, "roles"),
        (#"{"caller":"a","roles":["viewer"],"tenant":1}"#, "tenant"),
        (#"{"caller":"a","roles":["viewer"],"rate":5}"#, "rate"),
        (#"{"caller":"a","roles":["viewer"],"rate":{"per_second":1,"x":1}}"#, "rate"),
        (#"{"caller":"a","roles":["viewer"],"expires_at":"soon"}"#, "expires_at"),
        (#"{"caller":"a","roles":["viewer"],"acts_for_tenant":"yes"}"#, "acts_for_tenant"),
    ]) func `what is wrong with a wish is named`(text: String, field: String) {
        let failure = #expect(throws: Failure.self) { try wish(text) }
        #expect(failure?.code == .invalidArgument && failure?.details["field"] == field)
    }
}

struct ChainTests {
    private func chain(_ count: Int) -> [AuditRecord] {
        var records: [AuditRecord] = []
        for number in 1...count {
            let act = AuditAct("act", "thing \(number)", details: ["number": .integer(Int64(number)), "é": 0.5])
            records.append(
                AuditRecord(
                    sequence: Int64(number), at: Timestamp(microseconds: Int64(number)),
                    actor: AuditActor(id: "ann", key: "k"), act: act,
                    previous: records.last?.hash ?? AuditRecord.origin))
        }
        return records
    }

    /// The first wrong record, counted from 1; nil for none.
    private func broken(_ records: [AuditRecord]) -> Int64? {
        var chain = AuditChain()
        for record in records where chain.follow(record) != nil { return chain.count + 1 }
        return nil
    }

    @Test func `the hash is that of the canonical form`() {
        let record = chain(1)[0]
        #expect(
            record.hash
                == SHA256.hash(
                    #"{"action":"act","actor":"ann","at":"1970-01-01T00:00:00.000001Z","details":{"number":1,"é":0.5},"#
                        + #""key":"k","object":"thing 1","outcome":"done","previous":"\#(AuditRecord.origin)","sequence":1}"#
                ).hex)
    }

    @Test func `every change of any member of any record is named`() throws {
        let whole = chain(5)
        #expect(broken(whole) == nil && broken([]) == nil)
        for place in 0..<5 {
            for (key, value) in [
                ("at", "1970-01-01T00:00:09.000000Z"), ("actor", "bob"), ("key", .null), ("key", "l"),
                ("action", "other"), ("object", "thing"), ("outcome", "refused"), ("details", ["number": 9]),
                ("previous", .string(String(repeating: "1", count: 64))),
                ("hash", .string(String(repeating: "1", count: 64))),
            ] as [(String, JSONValue)] {
                var records = whole
                var json = JSONValue.object(whole[place].json)
                json[key] = value
                records[place] = try #require(AuditRecord(json: json))
                #expect(broken(records) == Int64(place + 1), "\(key) of \(place + 1)")
            }
        }
    }

    @Test func `a record that is missing, twice, swapped or put in is named`() {
        let whole = chain(5)
        for place in 0..<4 {
            var records = whole
            records.remove(at: place)
            #expect(broken(records) == Int64(place + 1))
            records = whole
            records.swapAt(place, place + 1)
            #expect(broken(records) == Int64(place + 1))
            records = whole
            records.insert(records[place], at: place)
            #expect(broken(records) == Int64(place + 2))
        }
        // A record that was made anew is right in itself: the next one tells.
        var records = whole
        let old = whole[2]
        records[2] = AuditRecord(
            sequence: 3, at: old.at, actor: AuditActor(id: "eve"), act: old.act, previous: old.previous)
        #expect(broken(records) == 4)
    }

    @Test func `a record is read from its JSON`() throws {
        for record in chain(3) {
            let text = JSONValue.object(record.json).encoded()
            let read = try #require(AuditRecord(json: try JSONValue(parsing: text)))
            #expect(read.isWhole && read.hash == record.hash)
        }
        #expect(AuditRecord(json: ["sequence": 1]) == nil)
    }
}
