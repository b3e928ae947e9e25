import Foundations
import JSON
import Reactor
import Sessions
import Spaces
import Testing
import VectorEnvironments
import Workers

@testable import NativeHosts

@Reactor
struct NativeHostTests {
    @Test func `a row does the same alone and among others`() async throws {
        let natives = try Natives()
        var futures: [[Float]] = []
        for rows in [1, 7, 64, 300] {
            let host = try await natives.open("CartPole-v1", rows: rows)
            var seen: [Float] = []
            var reply = try await host.reset(seed: 11, options: [:])
            for step in 0..<40 {
                seen += Array((reply.tensors[""]?.numbers(as: Float.self) ?? []).prefix(4))
                reply = try await host.step(action: text(actions(rows, at: step)))
            }
            futures.append(seen)
        }
        #expect(futures[0].count == 160)
        #expect(Set(futures).count == 1)
    }

    @Test func `one environment does what the row of a vector session does`() async throws {
        let natives = try Natives()
        let one = try await natives.open("CartPole-v1", parameters: ["precision": "float64"])
        let rows = try await natives.open("CartPole-v1", rows: 2, parameters: ["precision": "float64"])
        var single = try await one.reset(seed: 3, options: [:])
        var vector = try await rows.reset(seed: 3, options: [:])
        for step in 0..<8 {
            #expect(single.tensors[""]?.bytes == vector.tensors[""].map { Array($0.bytes.prefix(16)) })
            single = try await one.step(action: Array("\(actions(2, at: step)[0])".utf8))
            vector = try await rows.step(action: text(actions(2, at: step)))
            #expect(vector.rows?.tensors["/reward"]?.numbers(as: Double.self) == [1, 1])
        }
    }

    @Test func `a copy has the same future and leaves the first alone`() async throws {
        let natives = try Natives()
        for (id, rows) in [("CartPole-v1", nil), ("FrozenLake-v1", 3), ("Taxi-v3", nil)] as [(String, Int?)] {
            let host = try await natives.open(id, rows: rows)
            _ = try await host.reset(seed: 5, options: [:])
            let action = text([1, 1, 1])
            func step(_ host: NativeHost) async throws -> [UInt8] {
                let reply = try await host.step(action: rows == nil ? Array("1".utf8) : action)
                return Array(reply.observation) + (reply.tensors[""]?.bytes ?? []) + Array(reply.info)
                    + (reply.rows?.canonical ?? [])
            }
            _ = try await step(host)
            let copy = try #require(try await host.fork(1, by: .copy).first as? NativeHost)
            var futures: [[[UInt8]]] = [[], []]
            for _ in 0..<5 { futures[0].append(try await step(copy)) }
            for _ in 0..<5 { futures[1].append(try await step(host)) }
            #expect(futures[0] == futures[1], "\(id)")
        }
    }

    @Test func `a restored snapshot goes the same way again`() async throws {
        let natives = try Natives()
        let host = try await natives.open("Pendulum-v1", rows: 4)
        _ = try await host.reset(seed: 1, options: [:])
        let snapshot = try host.snapshot()
        let actions = Array("[[0.5],[-1],[2],[0]]".utf8)
        let first = try await host.step(action: actions).rows?.canonical
        try host.restore(snapshot)
        #expect(try await host.step(action: actions).rows?.canonical == first)
    }

    @Test func `same-step rows keep the last observation and info of ended episodes`() async throws {
        let natives = try Natives()
        let host = try await natives.open(
            "FrozenLake-v1", rows: 3, autoreset: "SameStep", parameters: ["is_slippery": false])
        _ = try await host.reset(seed: 0, options: [:])
        _ = try await host.step(action: text([2, 1, 0]))
        let reply = try await host.step(action: text([1, 1, 0]))
        let rows = try #require(reply.rows)
        #expect(rows.tensors["/terminated"]?.bytes == [1, 0, 0])
        #expect(rows.tensors["/info/final_rows"]?.numbers(as: Int64.self) == [0])
        #expect(rows.tensors["/info/final_obs"]?.numbers(as: Int64.self) == [5])
        #expect(rows.tensors["/info/final_info/prob"]?.shape == [1])
        #expect(reply.tensors[""]?.numbers(as: Int64.self) == [0, 8, 0])
    }

    @Test func `next-step rows begin anew, and disabled ones wait for a mask`() async throws {
        let natives = try Natives()
        let lake: JSONObject = ["is_slippery": false]
        let next = try await natives.open("FrozenLake-v1", rows: 2, parameters: lake)
        let disabled = try await natives.open("FrozenLake-v1", rows: 2, autoreset: "Disabled", parameters: lake)
        for host in [next, disabled] {
            _ = try await host.reset(seed: 0, options: [:])
            for action in [[2, 0], [1, 0]] as [[Int64]] { _ = try await host.step(action: text(action)) }
        }
        #expect(try await next.step(action: text([3, 0])).tensors[""]?.numbers(as: Int64.self) == [0, 0])
        #expect(await refusal { try await disabled.step(action: text([3, 0])) } == "episode_over")
        #expect(
            await refusal { try await disabled.reset(seed: nil, options: ["reset_mask": [true]]) } == "bad_request")
        _ = try await disabled.reset(seed: nil, options: ["reset_mask": [true, false], "seeds": [4, nil]])
        #expect(try await disabled.step(action: text([2, 1])).tensors[""]?.numbers(as: Int64.self) == [1, 4])
    }

    @Test func `a tuple's members are arrays of rows`() async throws {
        let natives = try Natives()
        let host = try await natives.open("Blackjack-v1", rows: 3)
        let reply = try await host.reset(seed: 2, options: [:])
        #expect(String(decoding: reply.observation, as: UTF8.self) == "[null,null,null]")
        #expect(reply.tensors["/1"]?.shape == [3])
        let one = try await natives.open("Blackjack-v1")
        let single = try await one.reset(seed: 2, options: [:])
        let firsts = (0..<3).map { reply.tensors["/\($0)"]?.numbers(as: Int64.self)?.first ?? -1 }
        #expect(String(decoding: single.observation, as: UTF8.self) == String(decoding: text(firsts), as: UTF8.self))
    }

    @Test func `what is no action is refused, and nothing moves`() async throws {
        let natives = try Natives()
        let one = try await natives.open("Pendulum-v1")
        #expect(await refusal { try await one.step(action: Array("[0]".utf8)) } == "not_reset")
        _ = try await one.reset(seed: 1, options: [:])
        let before = try one.snapshot()
        for action in [#"["NaN"]"#, "0", "[0,0]", "null", #""x""#, "{}"] {
            #expect(await refusal { try await one.step(action: Array(action.utf8)) } == "invalid_action", "\(action)")
        }
        let rows = try await natives.open("CartPole-v1", rows: 2)
        _ = try await rows.reset(seed: 1, options: [:])
        for action in ["[0]", "[0,2]", "[0,-1]", "0", "[[0],[1]]", "[0,0,0]", "[0.5,1]"] {
            #expect(await refusal { try await rows.step(action: Array(action.utf8)) } == "invalid_action", "\(action)")
        }
        #expect(try one.snapshot() == before)
        #expect(await refusal { try await rows.reset(seed: nil, options: ["lo": 0.1]) } == "bad_request")
        #expect(await refusal { try await rows.render(mode: nil, row: 2) } == "bad_request")
        #expect(await refusal { try await rows.render(mode: "ansi", row: 0) } == "unsupported")
    }

    @Test func `rows are limited for a session and for all together, and given back`() async throws {
        let natives = try Natives(rows: 10, totalRows: 15)
        #expect(await failure { try await natives.open("CartPole-v1", rows: 11) }?.code == .invalidArgument)
        #expect(await failure { try await natives.open("CartPole-v1", rows: 0) }?.code == .invalidArgument)
        #expect(await failure { try await natives.open("CartPole-v1", rows: -4) }?.code == .invalidArgument)
        let first = try await natives.open("CartPole-v1", rows: 10)
        #expect(await failure { try await natives.open("CartPole-v1", rows: 6) }?.code == .resourceExhausted)
        let wrong: JSONObject = ["max_episode_seconds": -1]
        #expect(
            await failure { try await natives.open("CartPole-v1", rows: 5, parameters: wrong) }?.code
                == .invalidArgument)
        let second = try await natives.open("CartPole-v1", rows: 5)
        await first.close()
        await first.close()
        #expect(await failure { try await natives.open("CartPole-v1", rows: 11) }?.code == .invalidArgument)
        _ = try await natives.open("CartPole-v1", rows: 10)
        await second.close()
    }

    @Test func `what is asked for wrongly is named`() async throws {
        let natives = try Natives()
        #expect(
            await failure { try await natives.open("CartPole-v1", autoreset: "SameStep") }?.code == .invalidArgument)
        #expect(
            await failure { try await natives.open("CartPole-v1", rows: 2, autoreset: "samestep") }?.code
                == .invalidArgument)
        #expect(
            await failure { try await natives.open("CartPole-v1", parameters: ["precision": "float16"]) }?.code
                == .invalidArgument)
        #expect(
            await failure { try await natives.open("FrozenLake-v1", parameters: ["precision": "float32"]) }?.code
                == .failedPrecondition)
    }
}
