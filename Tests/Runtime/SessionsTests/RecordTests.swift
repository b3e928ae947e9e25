import Digest
import Foundations
import JSON
import Reactor
import ScriptedSessions
import Spaces
import Testing
import Workers

@testable import Sessions

/// `docs/records.md`, written out by hand.
private struct Bytes {
    var all: [UInt8]

    init(_ tag: UInt8) { all = [tag] }

    func raw(_ bytes: [UInt8]) -> Bytes {
        var copy = self
        copy.all += bytes
        return copy
    }

    func integer(_ value: some FixedWidthInteger) -> Bytes {
        raw(withUnsafeBytes(of: value.littleEndian) { Array($0) })
    }
    func counted(_ bytes: [UInt8]) -> Bytes { integer(UInt64(bytes.count)).raw(bytes) }
    func counted(_ text: String) -> Bytes { counted(Array(text.utf8)) }
    func seed(_ value: Int64?) -> Bytes { value.map { raw([1]).integer($0) } ?? raw([0]) }

    func box(_ values: [Float]) -> Bytes {
        let head = raw([0x01, 7]).raw(Array("float32".utf8)).integer(UInt32(1)).integer(UInt64(values.count))
        return values.reduce(head) { $0.integer($1.bitPattern) }
    }

    func leaf(_ json: String) -> Bytes { raw([0x02]).counted(json) }

    func outcome(reward: Double?, terminated: Bool, truncated: Bool, info: String) -> Bytes {
        integer(UInt32.max).raw(reward == nil ? [0] : [1]).raw(
            reward.map { Bytes(0).integer($0.bitPattern).all.suffix(8) } ?? []
        )
        .integer(UInt32.max).raw([terminated ? 1 : 0]).integer(UInt32.max).raw([truncated ? 1 : 0]).counted(info)
    }
}

@Reactor
struct RecordTests {
    private func bench(_ replies: [Result<StepReply, HostProblem>]) throws -> ScriptedService {
        let bench = try ScriptedService()
        var rest = replies[...]
        bench.source.prepare = { host in
            host.answer = { _ throws(HostProblem) in
                guard let next = rest.popFirst() else { throw .ended(.workerExited, "no reply is left") }
                return try next.get()
            }
        }
        return bench
    }

    /// Plays what the hash of `tests` was computed for.
    private func play(_ replies: [Result<StepReply, HostProblem>]) async throws -> (ScriptedService, SessionSummary) {
        let bench = try bench(replies)
        let session = try await bench.create {
            $0.instance = "boil"
            $0.parameters = ["b": [true], "a": 1.0]
            $0.seed = 7
        }
        let service = bench.service
        let id = session.summary.id
        _ = try await service.reset(id, seed: nil, options: ["x": nil], index: nil, caller: .local)
        _ = try await service.step(id, action: bytes(" 1.0 "), index: nil, caller: .local)
        let failed = await failure { try await service.step(id, action: bytes("0"), index: nil, caller: .local) }
        #expect(failed?.code == .environmentError)
        return (bench, try service.summary(id, caller: .local))
    }

    private var json: [Result<StepReply, HostProblem>] {
        [
            .success(.scripted("[ 0.5,-0.0]", reward: nil, info: #"{ "z":"\u00e9", "a":1.0 }"#)),
            .success(.scripted("[1.25,1e4]", reward: 1.5)),
            .failure(.refused(WorkerError(code: "environment_error", message: "no"))),
        ]
    }

    @Test func `records have the bytes that the document says`() async throws {
        let (bench, summary) = try await play(json)
        let reset = Bytes(0x11).seed(7).counted(#"{"x":null}"#).box([0.5, -0.0])
            .outcome(reward: nil, terminated: false, truncated: false, info: #"{"a":1,"z":"é"}"#)
        let step = Bytes(0x12).leaf("1").box([1.25, 10_000]).outcome(
            reward: 1.5, terminated: false, truncated: false, info: "{}")
        let error = Bytes(0x13).counted(Bytes(0x12).leaf("0").all).counted("environment_error")
        #expect(bench.records.map(\.canonical) == [reset.all, step.all, error.all])
        #expect(bench.records.map(\.index) == [0, 1, 2])

        var link = SHA256.hash(
            Bytes(0x10).counted("sha256:00").raw([1]).counted("boil").counted(#"{"a":1,"b":[true]}"#).seed(7).all)
        #expect(link.hex == "66d35762218b01acc33f9fca1905f01d49c0d878943a922adf3a384cfa82172b")
        for record in [reset, step, error] { link = SHA256.hash(link.bytes + record.all) }
        // Computed by another program from the same document.
        #expect(link.hex == "38b02d1badc72623818778e0f8e72e88fd087f3d26956ac5de444a4eb47f20e1")
        #expect(summary.trajectoryHash == link.hex)
        #expect(bench.records.last?.link == link)
    }

    @Test func `the same trajectory in arrays has the same hash`() async throws {
        let arrays: [Result<StepReply, HostProblem>] = [
            .success(
                .scripted(
                    "null", reward: nil, info: #"{"a":1,"z":"é"}"#, tensors: ["": try floats([0.5, -0.0])])),
            .success(.scripted("null", reward: 1.5, tensors: ["": try floats([1.25, 10_000])])),
            json[2],
        ]
        let (_, one) = try await play(json)
        let (_, other) = try await play(arrays)
        #expect(one.trajectoryHash == other.trajectoryHash)
    }

    @Test func `everything that differs shows in the hash`() async throws {
        let (_, one) = try await play(json)
        var others = json
        others[1] = .success(.scripted("[1.25,1e4]", reward: 1.5, info: #"{"a":0}"#))
        let (_, other) = try await play(others)
        #expect(one.trajectoryHash != other.trajectoryHash)
    }

    @Test func `values of agents are sorted by the bytes of their names`() {
        var one = RecordWriter(.step)
        var other = RecordWriter(.step)
        let flags: [(agent: String, value: Bool)] = [("\u{fb01}", true), ("😀", false), ("a", true)]
        one.put(.each(flags))
        other.put(.each(flags.reversed()))
        #expect(one.bytes == other.bytes)
        let expected = Bytes(0x12).integer(UInt32(3)).counted("a").raw([1]).counted("\u{fb01}").raw([1]).counted("😀")
            .raw([0])
        #expect(one.bytes == expected.all)
        var rewards = RecordWriter(.step)
        rewards.put(PerAgent<Double?>.each([("b", nil), ("a", 2)]))
        #expect(
            rewards.bytes
                == Bytes(0x12).integer(UInt32(2)).counted("a").raw([1]).integer((2.0).bitPattern).counted("b").raw([0])
                .all)
    }

    @Test func `a call without effect is no record and a failed first reset is one`() async throws {
        let bench = try bench([
            .failure(.refused(WorkerError(code: "bad_request", message: "no"))),
            .failure(.refused(WorkerError(code: "environment_error", message: "no"))),
            .success(.scripted("[0,1]", reward: nil)),
        ])
        let id = try await bench.create().summary.id
        func reset(_ seed: Int64?) async -> Failure? {
            await failure { try await bench.service.reset(id, seed: seed, options: [:], index: nil, caller: .local) }
        }
        #expect(await reset(3)?.code == .invalidArgument)
        #expect(bench.records.isEmpty)
        #expect(await reset(4)?.code == .environmentError)
        #expect(
            bench.records.map(\.canonical) == [
                Bytes(0x13).counted(Bytes(0x11).seed(4).counted("{}").all).counted("environment_error").all
            ])
        #expect(await reset(5) == nil)
        #expect(bench.records.map(\.index) == [0, 1])
    }
}
