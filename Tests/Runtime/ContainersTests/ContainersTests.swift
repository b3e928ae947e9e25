import Foundations
import JSON
import Testing

@testable import Containers

@Suite struct EngineTests {
    @Test func `only Unix sockets of this machine are engines`() throws {
        #expect(try EngineAddress("unix:///run/a.sock").socket == "/run/a.sock")
        for text in [
            "tcp://127.0.0.1:2375", "ssh://host", "/run/a.sock", "unix://a.sock", "unix://", "unix:///a\nb", "",
        ] {
            let failure = #expect(throws: Failure.self) { try EngineAddress(text) }
            #expect(failure?.code == .invalidArgument)
        }
    }

    @Test func `the newest version that both know is spoken`() throws {
        func spoken(_ highest: String, _ lowest: String) throws -> String {
            try EngineVersion(["Version": "1", "ApiVersion": .string(highest), "MinAPIVersion": .string(lowest)]).path
        }
        #expect(try spoken("1.41", "1.12") == "/v1.41")
        #expect(try spoken("1.52", "1.44") == "/v1.47")
        for (highest, lowest) in [("1.40", "1.12"), ("1.60", "1.48"), ("x", "1.12"), ("", "")] {
            #expect(throws: Failure.self) { try spoken(highest, lowest) }
        }
    }

    @Test(arguments: [
        (404, "No such image: a:b", Failure.Code.failedPrecondition, EngineReason?.some(.imageMissing)),
        (404, "No such container: a", .notFound, nil),
        (409, "removal of container a is already in progress", .conflict, nil),
        (500, "write /x: no space left on device", .resourceExhausted, .diskFull),
        (400, "invalid mount config", .failedPrecondition, .failed),
        (500, "anything", .sandboxUnavailable, .failed),
    ])
    func `what an engine refuses has one code and one reason`(
        _ status: Int, _ text: String, _ code: Failure.Code, _ reason: EngineReason?
    ) {
        let body: JSONValue = ["message": .string(text)]
        let failure = EngineRefusal(status: status, body: body.encoded()).failure("try")
        #expect(failure.code == code && failure.engineReason == reason)
        #expect(failure.details["engine"] == text && !failure.message.contains(text))
    }

    @Test func `an engine that is not there is told from one that does not answer`() throws {
        #expect(unreachable(try EngineAddress("unix:///nonexistent/engine.sock")).engineReason == .missing)
        #expect(unreachable(try EngineAddress("unix:///dev/null")).engineReason == .stopped)
    }

    @Test func `an image is only taken for a digest that it has`() throws {
        func digest(_ digit: String) -> String { "sha256:" + String(repeating: digit, count: 64) }
        let image = try EngineImage([
            "Id": .string(digest("1")), "RepoDigests": [.string("r:5000/t@\(digest("2"))"), 3],
        ])
        #expect(image.canBe("r:5000/t@\(digest("2"))") && image.canBe(digest("1")) && image.canBe("tiny:latest"))
        #expect(!image.canBe("r:5000/t@\(digest("3"))") && !image.canBe(digest("3")))
        #expect(try !EngineImage(["Id": .string(digest("1"))]).canBe("tiny@\(digest("2"))"))
    }

    @Test func `an image says what it starts, and nonsense is left out`() throws {
        let image = try EngineImage([
            "Id": "sha256:0a",
            "Config": [
                "Entrypoint": ["/run"], "Cmd": ["a", 1, "b"], "Env": ["A=1=2", "B", "=c"], "WorkingDir": "",
                "User": "agent", "Volumes": ["/data": [:], "none": [:]],
            ],
        ])
        #expect(image.command == ["/run", "a", "b"] && image.environment == ["A": "1=2"])
        #expect(image.directory == "/" && image.user == "agent" && image.volumes == ["/data"])
        #expect(throws: Failure.self) { try EngineImage(["Config": [:]]) }
    }

    @Test func `a container is asked for with every fence`() throws {
        var configuration = ContainerConfiguration(
            image: "sha256:0a", command: ["/init"], user: "1000:1000", labels: ["b": "2", "a": "1"], memory: 1 << 20,
            processes: 7, cores: 0.5, files: 9, seccompProfile: "{}")
        configuration.mounts = [.init(source: "/s", target: "/t")]
        configuration.memories = [.init(target: "/tmp", bytes: 10, inodes: 3, mode: "1777")]
        let host = try #require(configuration.json["HostConfig"])
        #expect(host["ReadonlyRootfs"] == true && host["NetworkMode"] == "none" && host["CapDrop"] == ["ALL"])
        #expect(host["SecurityOpt"] == ["no-new-privileges", "seccomp={}"] && host["Privileged"] == false)
        #expect(host["Memory"] == 1_048_576 && host["MemorySwap"] == 1_048_576 && host["PidsLimit"] == 7)
        #expect(host["CpuQuota"] == 50_000 && host["CpuPeriod"] == 100_000)
        #expect(host["Mounts"]?[0]?["ReadOnly"] == true)
        #expect(host["Tmpfs"]?["/tmp"] == "rw,exec,nosuid,nodev,size=10,nr_inodes=3,mode=1777")
    }
}
