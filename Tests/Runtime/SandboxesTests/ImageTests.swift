import Containers
import Foundations
import Glibc
import Reactor
import Testing

@testable import Sandboxes

extension SandboxTests {
    /// What the name of an image means, and when it is looked at.
    @Suite(.serialized) @Reactor struct Images {
        @Test func `an image that its name no longer means is not started`() async throws {
            try await Bench.with(.docker) { bench in
                let backend = try #require(bench.backend as? DockerBackend)
                let name = "corral-changing:t\(UInt32.random(in: 0 ... .max))"
                defer { _ = system("docker rmi --force \(name) >/dev/null 2>&1") }
                try #require(system("docker tag \(TestEngine.image.reference) \(name)") == 0)
                let pinned = try await backend.pin(SandboxImage(name, pull: .never))
                var specification = bench.python("print('started')")
                specification.image = pinned
                let running = try await bench.start(specification)
                await running.untilEnd()
                #expect(running.text == "started\n")
                await running.stop()
                try #require(system("tar --create --files-from /dev/null | docker import - \(name) >/dev/null") == 0)
                backend.imageFreshness = .seconds(600)
                #expect(try await backend.pin(SandboxImage(name, pull: .never)).id == pinned.id)
                backend.imageFreshness = .zero
                #expect(try await backend.pin(SandboxImage(name, pull: .never)).id != pinned.id)
                let failure = await #expect(throws: Failure.self) { try await bench.start(specification) }
                #expect(failure?.engineReason == .imageChanged)
            }
        }
    }
}
