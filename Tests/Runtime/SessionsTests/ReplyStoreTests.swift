import Foundations
import Reactor
import ScriptedSessions
import Spaces
import TestSupport
import Testing
import Workers

@testable import Sessions

@Reactor
struct ReplyStoreTests {
    private func answer(_ index: Int, bytes: Int = 10_000) throws -> CallAnswer {
        let pixels = try Tensor(dtype: .uint8, shape: [bytes], bytes: [UInt8](repeating: UInt8(index), count: bytes))
        return CallAnswer(
            kind: .step, index: index, episode: 3,
            reply: StepReply(
                observation: ArraySlice(#"{"a":null,"b":\#(index)}"#.utf8), tensors: ["/a": pixels],
                reward: .single(0.5),
                terminated: .single(false), truncated: .single(true), info: ArraySlice(#"{"i":[1,2]}"#.utf8),
                agent: "me"),
            space: nil)
    }

    private func store(_ folder: borrowing TemporaryDirectory, limit: Int) -> ReplyStore {
        ReplyStore(limit: limit, folder: folder.path, logger: .silent)
    }

    private func until(_ condition: @Reactor () -> Bool) async { while !condition() { await Task.yield() } }

    @Test func `an answer from a file is the answer that was given`() async throws {
        let folder = try TemporaryDirectory()
        let given = try answer(7)
        let reply = store(folder, limit: 0).keep(given)
        await until { !reply.isInMemory }
        #expect(folder.names().count == 1)
        for _ in 0..<2 {
            let again = try await reply.answer()
            #expect(try again.json() == given.json())
            #expect(again.index == 7 && again.episode == 3 && again.reply.tensors == given.reply.tensors)
        }
        reply.letGo()
        await reply.untilGone()
        #expect(folder.names() == [])
    }

    @Test func `beyond the total the oldest go to files, and all stay readable`() async throws {
        let folder = try TemporaryDirectory()
        let store = store(folder, limit: 35_000)
        let replies = try (0..<6).map { store.keep(try answer($0)) }
        await until { store.used <= 35_000 }
        #expect(replies.map(\.isInMemory) == [false, false, false, true, true, true])
        for (index, reply) in replies.enumerated() { #expect(try await reply.answer().index == index) }
        for reply in replies {
            reply.letGo()
            await reply.untilGone()
        }
        #expect(store.used == 0)
        #expect(folder.names() == [])
    }

    @Test func `small answers stay in memory`() async throws {
        let folder = try TemporaryDirectory()
        let store = store(folder, limit: 0)
        let small = store.keep(try answer(0, bytes: 100)), large = store.keep(try answer(1))
        await until { !large.isInMemory }
        #expect(small.isInMemory && folder.names().count == 1)
    }

    @Test func `where no file can be written the answers stay in memory`() async throws {
        let store = ReplyStore(limit: 0, folder: "/nonexistent/folder", logger: .silent)
        let first = store.keep(try answer(1))
        #expect(await !first.move(to: "/nonexistent/folder/x"))
        #expect(first.isInMemory)
        #expect(try await first.answer().index == 1)
    }

    @Test func `a file that was changed is an error and no other answer`() async throws {
        let folder = try TemporaryDirectory()
        let reply = store(folder, limit: 0).keep(try answer(1))
        await until { !reply.isInMemory }
        for name in folder.names() { try folder.write(name, "short") }
        #expect(await failure { try await reply.answer() }?.code == .internal)
    }

    @Test func `an answer that is let go while it is written leaves no file`() async throws {
        let folder = try TemporaryDirectory()
        let store = store(folder, limit: .max)
        let reply = store.keep(try answer(1))
        let move = Task { await reply.move(to: folder.path + "/x") }
        await Task.yield()
        reply.letGo()
        await reply.untilGone()
        #expect(await move.value)
        #expect(folder.names() == [])
        #expect(store.used == 0)
    }

    @Test func `the first answer stays while later ones come and go`() async throws {
        let folder = try TemporaryDirectory()
        let store = store(folder, limit: 0)
        let replies = SessionReplies(in: store)
        replies.keep(try answer(0), asFirst: true)
        replies.keep(try answer(1), asFirst: false)
        replies.keep(try answer(2), asFirst: false)
        #expect(try await replies.first()?.index == 0)
        #expect(try await replies.last()?.index == 2)
        replies.keep(Failure(.environmentError, "it failed"))
        #expect(await failure { try await replies.last() as Any }?.code == .environmentError)
        replies.forget()
        await replies.untilGone()
        #expect(store.used == 0 && folder.names() == [])
        #expect(try await replies.first() == nil)
    }

    @Test func `a retry of a session gets the bytes of the first time, from a file too`() async throws {
        let folder = try TemporaryDirectory()
        let store = store(folder, limit: 0)
        let scripted = try ScriptedService(replies: store)
        scripted.source.prepare = { host in
            host.answer = { _ in .scripted("[0.0,1.0]", info: #"{"text":"\#(String(repeating: "x", count: 5000))"}"#) }
        }
        let id = try await scripted.create { $0.reset = true }.summary.id
        func step() async throws -> CallAnswer {
            try await scripted.service.step(id, action: Array("1".utf8), index: 1, caller: .local)
        }
        let first = try await step()
        while folder.names().isEmpty { await Task.yield() }
        #expect(try await step().json() == first.json())
        _ = try await scripted.service.close(id, caller: .local)
        #expect(folder.names() == [])
    }
}
