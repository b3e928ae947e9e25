import CAPI
import CorralABI
import Foundations
import JSON
import Testing

struct LibraryTests {
    @Test func `a C program lists, makes, steps and closes`() throws {
        #expect(corralABIVersion() == Int32(CORRAL_ABI_VERSION))
        let list = try C.text { corralList($0, $1) }.array ?? []
        #expect(list.contains { $0["id"] == "CartPole-v1" })
        #expect(try C.text { corralDescribe("CartPole-v1", $0, $1) }["max_episode_steps"] == 500)
        let vector = try CVector("CartPole-v1", 5)
        #expect(vector.reset(seed: 3) == 0)
        let start = vector.observations
        #expect(vector.step([0, 1, 0, 1, 0]) == 0)
        #expect(vector.observations != start)
        #expect(vector.reset(seed: 3) == 0)
        #expect(vector.observations == start)
        #expect(corralVectorClose(vector.handle) == 0)
        #expect(corralVectorClose(vector.handle) == Int32(CORRAL_CLOSED))
    }

    @Test func `a text that does not fit is cut and its length told`() throws {
        var bytes = [CChar](repeating: 7, count: 8)
        let length = corralList(&bytes, 8)
        #expect(length > 8)
        #expect(bytes[7] == 0)
        #expect(corralList(nil, 8) == Int64(CORRAL_INVALID_ARGUMENT))
        #expect(corralList(&bytes, -1) == Int64(CORRAL_INVALID_ARGUMENT))
    }

    @Test func `settings are checked by name and value`() {
        let wrong: [String] = [
            "{", "[]", #"{"thread":1}"#, #"{"threads":0}"#, #"{"threads":1e9}"#, #"{"precision":"float16"}"#,
            #"{"autoreset":"Next"}"#, #"{"overrides":3}"#, #"{"overrides":{"x":1}}"#, #"{"simulator":"np"}"#,
            #"{"precision":"float32","simulator":"reference"}"#,
        ]
        for settings in wrong {
            let made = C.make("CartPole-v1", 1, settings)
            #expect(made.status == Int32(CORRAL_INVALID_ARGUMENT), "\(settings)")
            #expect(made.handle == 0)
            #expect(!C.lastError.isEmpty)
        }
        #expect(C.make("CartPole-v9", 1).status == Int32(CORRAL_NOT_FOUND))
        #expect(C.lastError.contains("did you mean 'CartPole-v"))
        for count in [0, -1, .min, .max, 1 << 40] as [Int64] {
            #expect(C.make("CartPole-v1", count).status == Int32(CORRAL_INVALID_ARGUMENT))
        }
        #expect(corralVectorMake(nil, 1, nil, nil) == Int32(CORRAL_INVALID_ARGUMENT))
        #expect(corralVectorMake("CartPole-v1", 1, nil, nil) == Int32(CORRAL_INVALID_ARGUMENT))
    }

    @Test func `every wrong buffer is refused`() throws {
        let vector = try CVector("CartPole-v1", 3)
        #expect(vector.reset(seed: 1) == 0)
        let good = vector.buffers
        let changes: [(inout corral_buffers) -> Void] = [
            { $0.size = 0 }, { $0.rows = 2 }, { $0.rows = -3 }, { $0.observations = nil },
            { $0.observation_bytes += 1 }, { $0.observation_bytes = .min }, { $0.rewards = nil },
            { $0.reward_bytes = 0 }, { $0.terminated = nil }, { $0.truncated = nil },
            { $0.final_observation_bytes = 1 }, { $0.observations = $0.observations.map { $0 + 1 } },
        ]
        for change in changes {
            var buffers = good
            change(&buffers)
            let actions: [Int64] = [0, 1, 0]
            #expect(corralVectorStep(vector.handle, actions, 24, &buffers) == Int32(CORRAL_INVALID_ARGUMENT))
            #expect(corralVectorReset(vector.handle, nil, &buffers) == Int32(CORRAL_INVALID_ARGUMENT))
            #expect(corralVectorObserve(vector.handle, &buffers) == Int32(CORRAL_INVALID_ARGUMENT))
        }
        #expect(corralVectorStep(vector.handle, nil, 24, &vector.buffers) == Int32(CORRAL_INVALID_ARGUMENT))
        #expect(corralVectorStep(vector.handle, [0], 8, &vector.buffers) == Int32(CORRAL_INVALID_ARGUMENT))
        #expect(corralVectorStep(vector.handle, [0], -8, &vector.buffers) == Int32(CORRAL_INVALID_ARGUMENT))
        #expect(corralVectorStep(vector.handle, [0, 0, 0], 24, nil) == Int32(CORRAL_INVALID_ARGUMENT))
    }

    @Test func `actions outside of the space move nothing`() throws {
        let vector = try CVector("CartPole-v1", 3)
        #expect(vector.step([0, 0, 0]) == Int32(CORRAL_NOT_RESET))
        #expect(vector.reset(seed: 1) == 0)
        let before = vector.observations
        for action in [2, -1, .min, .max] as [Int64] {
            #expect(vector.step([0, action, 1]) == Int32(CORRAL_INVALID_ACTION))
            #expect(C.lastError.contains("row 1"))
        }
        #expect(vector.observations == before)
        let pendulum = try CVector("Pendulum-v1", 2)
        #expect(pendulum.reset(seed: 1) == 0)
        for action in [Float.nan, .infinity, -.infinity] {
            let actions: [Float] = [0, action]
            let status = corralVectorStep(pendulum.handle, actions, 8, &pendulum.buffers)
            #expect(status == Int32(CORRAL_INVALID_ACTION))
        }
    }

    @Test func `every wrong reset is refused`() throws {
        let vector = try CVector("CartPole-v1", 2)
        func status(_ change: (inout corral_reset) -> Void) -> Int32 {
            var request = corral_reset()
            request.size = Int64(MemoryLayout<corral_reset>.size)
            change(&request)
            return corralVectorReset(vector.handle, &request, &vector.buffers)
        }
        let wrong = Int32(CORRAL_INVALID_ARGUMENT)
        #expect(status { $0.size = 1 } == wrong)
        #expect(status { $0.seeding = 7 } == wrong)
        #expect(status { $0.seeding = Int32(CORRAL_SEED_FROM) } == wrong)
        let seeds: [UInt64] = [1, 2, 3]
        let mask: [UInt8] = [1, 0]
        seeds.withUnsafeBufferPointer { seeds in
            mask.withUnsafeBufferPointer { mask in
                #expect(status { ($0.seeding, $0.seeds, $0.seed_count) = (2, seeds.baseAddress, 3) } == wrong)
                #expect(status { ($0.mask, $0.mask_count) = (mask.baseAddress, 3) } == wrong)
                #expect(status { ($0.mask, $0.mask_count) = (mask.baseAddress, 2) } == 0)
                #expect(status { ($0.seeding, $0.seeds, $0.seed_count) = (2, seeds.baseAddress, 2) } == 0)
            }
        }
        for options in ["[", "[]", #"{"low":"a"}"#, #"{"lo":1}"#, #"{"low":9}"#, #"{"low":0.1,"high":-0.1}"#] {
            options.withCString { text in #expect(status { $0.options = text } == wrong, "\(options)") }
        }
        #"{"low":-0.01,"high":0.01}"#.withCString { text in #expect(status { $0.options = text } == 0) }
        #expect(vector.observations.allSatisfy { abs($0) <= 0.01 })
    }

    @Test func `records are read, written, forked and refused`() throws {
        let vector = try CVector("CartPole-v1", 4)
        #expect(vector.reset(seed: 1) == 0)
        var records = [UInt8](repeating: 0, count: vector.recordBytes * 4)
        let size = Int64(records.count)
        #expect(corralVectorGetState(vector.handle, nil, 4, &records, size) == 0)
        #expect(vector.step([0, 0, 0, 0]) == 0)
        let after = vector.observations
        #expect(corralVectorSetState(vector.handle, nil, 4, records, size) == 0)
        #expect(vector.step([0, 0, 0, 0]) == 0)
        #expect(vector.observations == after)
        #expect(corralVectorFork(vector.handle, 2, [0, 1, 3], 3, nil) == 0)
        #expect(corralVectorObserve(vector.handle, &vector.buffers) == 0)
        #expect(Array(vector.observations[0..<4]) == Array(after[8..<12]))
        let wrong = Int32(CORRAL_INVALID_ARGUMENT)
        #expect(corralVectorGetState(vector.handle, nil, 3, &records, size) == wrong)
        #expect(corralVectorGetState(vector.handle, nil, 4, &records, size - 1) == wrong)
        #expect(corralVectorGetState(vector.handle, nil, 4, nil, size) == wrong)
        #expect(corralVectorGetState(vector.handle, [0, 4], 2, &records, size / 2) == wrong)
        #expect(corralVectorGetState(vector.handle, [0, -1], 2, &records, size / 2) == wrong)
        #expect(corralVectorGetState(vector.handle, [0], -1, &records, size) == wrong)
        #expect(corralVectorGetState(vector.handle, [0], .max, &records, size) == wrong)
        #expect(corralVectorFork(vector.handle, 4, [0], 1, nil) == wrong)
        #expect(corralVectorFork(vector.handle, .min, [0], 1, nil) == wrong)
        #expect(corralVectorFork(vector.handle, 0, nil, 1, nil) == wrong)
        #expect(corralVectorRender(vector.handle, 0, nil, 0) == wrong)
        #expect(corralVectorRender(vector.handle, 9, nil, 0) == wrong)
        for byte in records.indices {  // every record that fuzzing makes is taken or refused, and steps on
            var bad = records
            bad[byte] ^= 0xff
            let status = corralVectorSetState(vector.handle, nil, 4, bad, size)
            #expect(status == 0 || status == wrong)
            let stepped = vector.step([0, 1, 0, 1])
            #expect(stepped == 0 || stepped == Int32(CORRAL_NOT_RESET))
        }
    }

    @Test func `a handle that was closed or never made is told apart from the next one`() throws {
        let first = C.make("CartPole-v1", 1)
        #expect(corralVectorClose(first.handle) == 0)
        let second = C.make("CartPole-v1", 1)
        #expect(second.handle != first.handle)
        let closed = Int32(CORRAL_CLOSED)
        for handle in [first.handle, 0, .max, 1 << 32, 0xffff_ffff] as [UInt64] {
            #expect(corralVectorStep(handle, nil, 0, nil) == closed)
            #expect(corralVectorReset(handle, nil, nil) == closed)
            #expect(corralVectorObserve(handle, nil) == closed)
            #expect(corralVectorDescribe(handle, nil, 0) == Int64(CORRAL_CLOSED))
            #expect(corralVectorGetState(handle, nil, 0, nil, 0) == closed)
            #expect(corralVectorSetState(handle, nil, 0, nil, 0) == closed)
            #expect(corralVectorFork(handle, 0, nil, 0, nil) == closed)
            #expect(corralVectorRender(handle, 0, nil, 0) == closed)
            #expect(corralVectorClose(handle) == closed)
        }
        #expect(corralVectorClose(second.handle) == 0)
    }
}
