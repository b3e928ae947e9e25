import Foundations
import JSON
import Reactor
import ScriptedSessions
import Testing
import Workers

@testable import Sessions

@Reactor
struct CallTests {
    private func started() async throws -> (ScriptedService, ScriptedHost, UniqueID) {
        let bench = try ScriptedService()
        let id = try await bench.create { $0.reset = true }.summary.id
        return (bench, bench.source.hosts[0], id)
    }

    private func refuse(_ host: ScriptedHost, _ code: String) {
        host.answer = { _ throws(HostProblem) in throw .refused(WorkerError(code: code, message: "no")) }
    }

    @Test func `a retry with its index is not executed again`() async throws {
        let (bench, host, id) = try await started()
        let first = try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local)
        let again = try await bench.service.step(id, action: bytes("0"), index: 1, caller: .local)
        #expect(try first.json() == again.json())
        #expect(host.calls.count == 2 && bench.records.count == 2)
    }

    @Test func `the last answer can be had again after the session failed`() async throws {
        let (bench, host, id) = try await started()
        let first = try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local)
        host.die(.workerExited, "gone")
        #expect(try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local).json() == first.json())
        #expect(
            await failure { try await bench.service.step(id, action: bytes("1"), index: 2, caller: .local) }?.code
                == .sessionFailed)
    }

    @Test func `a closed session keeps no answer`() async throws {
        let (bench, _, id) = try await started()
        _ = try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local)
        _ = try await bench.service.close(id, caller: .local)
        #expect(
            await failure { try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local) }?.code
                == .sessionClosed)
        #expect(
            await failure { try await bench.service.step(id, action: bytes("1"), index: 2, caller: .local) }?.code
                == .sessionClosed)
    }

    @Test func `retries of a call in flight share its answer and others are busy`() async throws {
        let (bench, host, id) = try await started()
        host.gate.shut()
        let first = Task { try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local).json() }
        await host.gate.reached(1)
        let retries = (0..<3).map { _ in
            Task { try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local).json() }
        }
        #expect(
            await failure { try await bench.service.step(id, action: bytes("1"), index: nil, caller: .local) }?.code
                == .busy)
        #expect(
            await failure { try await bench.service.reset(id, seed: nil, options: [:], index: nil, caller: .local) }?
                .code == .busy)
        #expect(await failure { try await bench.service.render(id, mode: nil, caller: .local) }?.code == .busy)
        host.gate.open()
        let answer = try await first.value
        for retry in retries { #expect(try await retry.value == answer) }
        #expect(host.calls.count == 2)
    }

    @Test func `retries of a call that is refused hear of it`() async throws {
        for code in ["bad_request", "environment_error", "interrupted"] {
            let (bench, host, id) = try await started()
            host.gate.shut()
            refuse(host, code)
            func step() -> Task<Failure.Code?, Never> {
                Task {
                    await failure { try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local) }?
                        .code
                }
            }
            let first = step()
            await host.gate.reached(1)
            let retry = step()
            await Task.yield()
            host.gate.open()
            #expect(await first.value != nil)
            #expect(await retry.value == first.value)
        }
    }

    @Test func `what had no effect leaves its index, what failed has used it`() async throws {
        let rows: [(String, Failure.Code, Int)] = [
            ("bad_request", .invalidArgument, 0), ("unknown_command", .environmentError, 0),
            ("not_initialized", .notReset, 0),
            ("not_reset", .notReset, 0), ("episode_over", .episodeOver, 0), ("invalid_action", .invalidAction, 0),
            ("unsupported", .unimplemented, 0), ("interrupted", .interrupted, 1),
            ("environment_error", .environmentError, 1),
            ("brand_new", .environmentError, 1),
        ]
        for (code, expected, index) in rows {
            let (bench, host, id) = try await started()
            refuse(host, code)
            func step(_ index: Int?) async -> Failure.Code? {
                await failure { try await bench.service.step(id, action: bytes("1"), index: index, caller: .local) }?
                    .code
            }
            #expect(await step(nil) == expected, "\(code)")
            #expect(try bench.service.summary(id, caller: .local).index == index, "\(code)")
            #expect(try bench.service.summary(id, caller: .local).phase == .running)
            if index == 1 { #expect(await step(1) == expected) }
            #expect(host.calls.count == 2)
        }
    }

    @Test func `an action outside of the space never reaches the host`() async throws {
        let (bench, host, id) = try await started()
        for action in ["2", "\"a\"", "[", ""] {
            #expect(
                await failure { try await bench.service.step(id, action: bytes(action), index: 1, caller: .local) }
                    != nil)
        }
        #expect(host.calls.count == 1 && bench.records.count == 1)
        #expect(try await bench.service.step(id, action: bytes(" 1 "), index: 1, caller: .local).index == 1)
        #expect(host.calls.last == .step("1"))
    }

    @Test func `a step before the reset and after the end of the episode is refused`() async throws {
        let bench = try ScriptedService()
        let id = try await bench.create().summary.id
        func step() async -> Failure.Code? {
            await failure { try await bench.service.step(id, action: bytes("1"), index: nil, caller: .local) }?.code
        }
        #expect(await step() == .notReset)
        _ = try await bench.service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
        bench.source.hosts[0].answer = { _ throws(HostProblem) in .scripted("[0,1]", terminated: true) }
        #expect(await step() == nil)
        #expect(try bench.service.summary(id, caller: .local).phase == .ended)
        #expect(await step() == .episodeOver)
        // A reset cannot end the episode that it begins.
        _ = try await bench.service.reset(id, seed: nil, options: [:], index: nil, caller: .local)
        #expect(try bench.service.summary(id, caller: .local).phase == .running)
    }

    @Test func `renders run one at a time and keep steps away`() async throws {
        let (bench, host, id) = try await started()
        host.gate.shut()
        let render = Task { try await bench.service.render(id, mode: "ansi", caller: .local) }
        await host.gate.reached(1)
        #expect(await failure { try await bench.service.render(id, mode: nil, caller: .local) }?.code == .busy)
        #expect(
            await failure { try await bench.service.step(id, action: bytes("1"), index: nil, caller: .local) }?.code
                == .busy)
        host.gate.open()
        guard case .text("frame") = try await render.value else {
            Issue.record("no text")
            return
        }
        host.frame = .failure(WorkerError(code: "unsupported", message: "no screen"))
        #expect(await failure { try await bench.service.render(id, mode: nil, caller: .local) }?.code == .unimplemented)
        #expect(try await bench.service.step(id, action: bytes("1"), index: 1, caller: .local).index == 1)
        #expect(host.calls.contains(.render("ansi")))
    }

    @Test func `an interrupt reaches a host that can be interrupted while it works`() async throws {
        let (bench, host, id) = try await started()
        try bench.service.interrupt(id, caller: .local)
        host.gate.shut()
        let step = Task { try await bench.service.step(id, action: bytes("1"), index: nil, caller: .local).index }
        await host.gate.reached(1)
        try bench.service.interrupt(id, caller: .local)
        host.capabilities.remove(.interrupt)
        #expect(await failure { try bench.service.interrupt(id, caller: .local) }?.code == .unimplemented)
        host.gate.open()
        #expect(try await step.value == 1)
        #expect(host.calls.filter { $0 == .interrupt }.count == 1)
    }

    @Test func `strangers find nothing and colleagues only what they may`() async throws {
        let bench = try ScriptedService()
        let owner = Caller(id: "o", tenant: "t", roles: [.runner])
        let id = try await bench.create(caller: owner) { $0.reset = true }.summary.id
        let watcher = Caller(id: "w", tenant: "t", roles: [.viewer])
        let agent = Caller(
            id: "a", tenant: "t", grants: RoleGrants(everywhere: [.viewer]), actsForTenant: true)
        let stranger = Caller(id: "o", tenant: "u", roles: [.runner, .publisher, .reviewer])
        func codes(_ caller: Caller) async -> [Failure.Code?] {
            let service = bench.service
            return [
                await failure { try service.summary(id, caller: caller) }?.code,
                await failure { try service.logs(id, last: 1, caller: caller) }?.code,
                await failure { try await service.usage(id, caller: caller) }?.code,
                await failure { try await service.step(id, action: bytes("1"), index: nil, caller: caller) }?.code,
                await failure { try await service.reset(id, seed: nil, options: [:], index: nil, caller: caller) }?
                    .code,
                await failure { try await service.render(id, mode: nil, caller: caller) }?.code,
                await failure { try service.interrupt(id, caller: caller) }?.code,
                await failure { try service.keepAlive(id, caller: caller) }?.code,
                await failure { try await service.close(id, caller: caller) }?.code,
            ]
        }
        let no = Failure.Code.permissionDenied
        #expect(await codes(stranger) == Array(repeating: .notFound, count: 9))
        #expect(await codes(watcher) == [nil, nil, nil, no, no, no, no, no, no])
        #expect(await codes(agent) == [nil, nil, nil, nil, nil, nil, nil, nil, no])
        #expect(await codes(owner) == Array(repeating: nil, count: 7) + [nil, nil])
        #expect(try bench.service.list(SessionFilter(), cursor: nil, limit: 10, caller: stranger).sessions.isEmpty)
        #expect(try bench.service.list(SessionFilter(), cursor: nil, limit: 10, caller: watcher).sessions.count == 1)
    }

    @Test func `lists go page by page from the oldest and can be narrowed`() async throws {
        let bench = try ScriptedService(maxSessions: 10)
        var ids: [UniqueID] = []
        for number in 0..<5 {
            ids.append(
                try await bench.create {
                    $0.reset = number > 2
                    $0.labels = number % 2 == 0 ? ["even": "\(number)"] : [:]
                }.summary.id)
        }
        func page(_ filter: SessionFilter = SessionFilter(), _ cursor: String? = nil, _ limit: Int = 10) throws(Failure)
            -> (
                [UniqueID], String?
            )
        {
            let page = try bench.service.list(filter, cursor: cursor, limit: limit, caller: .local)
            return (page.sessions.map(\.id), page.next)
        }
        let sorted = ids.sorted { "\($0)" < "\($1)" }
        let (first, next) = try page(SessionFilter(), nil, 2)
        #expect(first == Array(sorted[..<2]) && next == "\(sorted[1])")
        let (second, after) = try page(SessionFilter(), next?.uppercased(), 3)
        #expect(second == Array(sorted[2...]) && after == nil)
        #expect(try Set(page(SessionFilter(state: "running")).0) == Set(ids[3...]))
        #expect(try page(SessionFilter(label: ("even", nil))).0.count == 3)
        #expect(try page(SessionFilter(label: ("even", "2"))).0 == [ids[2]])
        #expect(try page(SessionFilter(environment: "test/Scripted")).0.count == 5)
        #expect(try page(SessionFilter(environment: "test/Scripted@1.0.0")).0.count == 5)
        #expect(try page(SessionFilter(environment: "test/Script")).0.isEmpty)
        #expect(await failure { try page(SessionFilter(), "x") }?.code == .invalidArgument)
        #expect(await failure { try page(SessionFilter(), nil, 0) }?.code == .invalidArgument)
        #expect(await failure { try page(SessionFilter(), nil, 1001) }?.code == .invalidArgument)
    }
}
