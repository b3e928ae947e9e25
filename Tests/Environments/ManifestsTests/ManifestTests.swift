import Foundations
import Manifests
import Testing

@Test func `every field of a manifest is read`() throws {
    let manifest = try manifest(fullExample)
    #expect(manifest.reference.description == "classic/CartPole@1.0.0")
    #expect(manifest.title == "CartPole")
    #expect(manifest.authors.map(\.name) == ["The Farama Foundation", "Someone Else"])
    #expect(manifest.authors.map(\.url) == ["https://farama.org", nil])
    #expect(manifest.license == "MIT")
    #expect(manifest.gymnasium == ["CartPole-v1"])
    #expect(manifest.reward.range == 0...Double.infinity)
    #expect(manifest.instances == .list(["a", "b"]))
    #expect(manifest.fork == [.snapshot, .replay])
    #expect(manifest.compatibility.gymnasium == ">=1.0,<2")
    #expect(manifest.assets.first?.path == "levels.zip")
    #expect(manifest.renderModes == ["rgb_array", "ansi"])
    guard case .declared = manifest.spaces else { return #expect(Bool(false), "spaces are declared") }
    let resources = manifest.resources
    #expect(resources.cpu == 1.5)
    #expect(resources.memory == 1 << 30)
    #expect(resources.output == 4096)
    #expect(resources.startTime == .seconds(120))
    #expect(resources.resetTime == .milliseconds(250))
    #expect(resources.gpus == 1)
}

@Test func `every way to launch is read with its defaults`() throws {
    let manifest = try manifest(fullExample)
    let process = try #require(manifest.launch(.process))
    let plain = try #require(manifest.launch(.plain))
    let docker = try #require(manifest.launch(.docker))
    #expect(process.program == .worker("corral.worker.gymnasium:GymnasiumWorker"))
    #expect(process.workerProtocol == .version2)
    #expect(process.share == .zygote)
    #expect(process.config["id"] == "CartPole-v1")
    #expect(process.requirements == ["gymnasium==1.2.0"])
    #expect(process.environment.map(\.name) == ["SDL_VIDEODRIVER", "A"])
    #expect(process.volumes.map(\.description) == ["~/levels:/levels:ro", "data:/data/x:rw", "/a:/b:ro"])
    #expect(plain.program == .command(["python3", "-u", "worker.py"]))
    #expect(plain.workerProtocol == .auto)
    #expect(plain.share == .none)
    #expect(docker.image == "ghcr.io/example/cartpole:1.0")
    #expect(docker.workerProtocol == .version1)
}

@Test func `what is left out has its default`() throws {
    let manifest = try manifest(smallExample)
    #expect(manifest.title == "CartPole")
    #expect(manifest.spaces == .ask)
    #expect(manifest.instances == .single)
    #expect(manifest.agents == .single)
    #expect(manifest.fork == [.snapshot, .fork, .replay])
    #expect(manifest.resources == Manifest.Resources())
    #expect(manifest.parameters == nil)
    #expect(manifest.launches.map(\.backend) == [.process])
    #expect(try Manifest(parsing: example("nondeterministic: true")).fork == [.snapshot, .fork])
    #expect(try Manifest(parsing: example("fork: refuse")).fork == [])
    #expect(try Manifest(parsing: example("instances: {ask: true}")).instances == .ask)
    #expect(try Manifest(parsing: example("launch: {docker: {image: x}}")).launches.first?.program == .image)
}

@Test func `comments, order and style do not change the canonical form, values do`() throws {
    let one = try manifest(smallExample)
    let other = try manifest(
        "# hello\nlaunch:\n  process:\n    worker: worker.py:Worker\nversion: '1.0.0'\nname: \"CartPole\"\nmanifest: 1\n"
    )
    #expect(one.canonical == other.canonical)
    #expect(
        String(decoding: one.canonical, as: UTF8.self)
            == #"{"launch":{"process":{"worker":"worker.py:Worker"}},"manifest":1,"name":"CartPole","version":"1.0.0"}"#
    )
    #expect(try manifest(example("title: x")).canonical != one.canonical)
}

let broken: [(text: String, message: String, next: String)] = [
    ("titel: x", "5:1: there is no key `titel`", "did you mean `title`?"),
    ("manifest: 2", "4:11: manifest: this build reads format 1, not 2", ""),
    ("version: 1.0", "4:10: version: expected a string, found `1.0`", "put it in quotes"),
    ("version: v1", "4:10: version: `v1` is not a version of three numbers such as 1.0.0 (semver.org)", ""),
    ("name: a/b/c", "4:7: name: `a/b/c` is not a name such as CartPole or classic/CartPole", ""),
    ("launch: {}", "4:9: launch: 0 keys, at least 1 are needed", ""),
    ("launch: {proces: {}}", "4:10: launch: there is no key `proces`", "did you mean `process`?"),
    ("launch: {process: {}}", "4:19: launch.process: needs exactly one of `worker`, `command`", ""),
    ("launch: {process: {worker: 'a:B', command: [a]}}", "needs exactly one of `worker`, `command`", ""),
    ("launch: {process: {worker: a}}", "`a` is not module:Class or folder/file.py:Class", ""),
    ("launch: {process: {command: []}}", "4:29: launch.process.command: 0 elements, at least 1 are needed", ""),
    (
        "launch:\n  plain:\n    command:\n      - 1", "7:9: launch.plain.command[0]: expected a string",
        "put it in quotes"
    ),
    ("launch: {process: {command: [a], protocol: 3}}", "expected one of 1, 2, auto, found `3`", ""),
    ("launch: {process: {command: [a], image: x}}", "launch.process: there is no key `image`", ""),
    ("launch: {process: {command: [a], config: {}}}", "4:34: launch.process: only a `worker` is given a config", ""),
    ("launch: {process: {command: [a], share: zygote}}", "only a `worker` can be a zygote", ""),
    ("launch: {process: {worker: 'a:B', protocol: 1}}", "a `worker` speaks protocol 2", ""),
    ("launch: {process: {command: [a], environment: {A-B: x}}}", "`A-B` is not the name of a variable", ""),
    ("launch: {process: {command: [a], environment: {A: 1}}}", "environment.A: expected a string", "put it in quotes"),
    ("launch: {process: {command: [a], volumes: ['/a:b']}}", "volumes[0]: `/a:b` is not HOST:/PATH", ""),
    ("launch: {process: {command: [a], volumes: ['/a:/b/../c']}}", "is not HOST:/PATH", ""),
    ("launch: {process: {command: [a], requirements: ['--index-url=x']}}", "is not a requirement", ""),
    ("launch: {process: {command: [a], network: hots}}", "expected one of none, host", "did you mean `host`?"),
    ("launch: {docker: {command: [a]}}", "launch.docker: `image` is missing", ""),
    ("launch: {docker: {image: a, command: [a], worker: 'a:B'}}", "needs one of `worker`, `command`, not both", ""),
    ("spaces: aks", "spaces: expected one of ask, found `aks`", "did you mean `ask`?"),
    ("spaces: {observation: {type: Discrete, n: 2}}", "spaces: `action` is missing", ""),
    ("spaces: {observation: {type: Bx}, action: {type: Discrete, n: 2}}", "5:23: spaces.observation: ", ""),
    ("spaces: 1", "spaces: expected a string, found `1`; or expected an object, found `1`", ""),
    ("agents: parallel\nspaces: {observation: {type: Discrete, n: 2}, action: {type: Discrete, n: 2}}", "parallel", ""),
    ("reward: {range: [1, 0]}", "5:17: reward.range: the least reward is above the greatest", ""),
    ("reward: {range: [0, .nan]}", "reward.range[1]: ", ""), ("reward: {range: [0]}", "1 elements, at least 2", ""),
    ("instances: {list: [a], ask: true}", "instances: 2 keys, at most 1 are allowed", ""),
    ("instances: {list: [a, a]}", "instances.list: an element stands twice", ""),
    ("instances: {files: ../x}", "`../x` is not a path below the folder of the manifest", ""),
    ("instances: {files: /x}", "is not a path below", ""), ("instances: {ask: false}", "expected true", ""),
    ("authors: [{url: 'https://x'}]", "authors[0]: `name` is missing", ""),
    ("authors: [1]", "authors[0]: expected", ""),
    ("authors: ['']", "is not a line of text", ""), ("homepage: ftp://x", "is not an http or https address", ""),
    ("tags: [Big]", "tags[0]: `Big` is not a tag", ""), ("gymnasium: [CartPole]", "is not a Gymnasium id", ""),
    ("resources: {memory: 1.5GiB}", "`1.5GiB` is not a size", ""), ("resources: {memory: -1}", "below the minimum", ""),
    ("resources: {cpu: 0}", "resources.cpu: 0 is not above 0", ""),
    ("resources: {step_time: 5}", "expected a string", ""),
    ("resources: {step_time: 5 s}", "`5 s` is not a time", ""),
    ("resources: {pids: 1.5}", "expected a whole number", ""),
    ("resources: {gpus: 1}", "5:19: resources.gpus: graphics processors need a container", ""),
    ("fork: [fork, fork]", "fork: an element stands twice", ""), ("fork: []", "fork: 0 elements", ""),
    ("fork: [replai]", "expected one of snapshot, fork, replay", "did you mean `replay`?"),
    ("nondeterministic: true\nfork: [fork, replay]", "6:14: fork[1]: a nondeterministic environment", ""),
    ("nondeterministic: yes", "expected a boolean, found `yes`", ""),
    ("compatibility: {python: 3}", "expected a string", ""),
    ("compatibility: {python: latest}", "`latest` is not versions such as", ""),
    ("assets: [{path: a, sha256: 0A}]", "assets[0].sha256: ", ""), ("assets: [{path: a}]", "`sha256` is missing", ""),
    ("assets: [{path: a/../b, sha256: x}]", "assets[0].path: ", ""),
    ("render_modes: rgb_array", "expected an array", ""),
    ("parameters: {type: array}", "parameters.type: expected \"object\"", ""),
    ("parameters: []", "expected an object", ""),
    (
        "parameters: {type: object, propertes: {}}", "the keyword `propertes` is not checked here",
        "did you mean `properties`?"
    ),
    (
        "parameters: {type: object, properties: {a: {pattern: x}}}",
        "5:45: parameters.properties.a: the keyword `pattern`", ""
    ),
    ("parameters: {type: object, properties: {a: {type: int}}}", "parameters.properties.a.type: expected one of", ""),
    ("parameters: {type: object, properties: {a: {type: integer, default: x}}}", "a.default: ", ""),
    ("parameters: {type: object, required: a}", "parameters.required: expected an array", ""),
    ("- a", "1:1: ", ""), ("name: a\nname: b", "the key `name` stands twice", ""), ("name: [", "environment.yaml:", ""),
]

@Test(arguments: broken.indices)
func `a broken manifest is refused with place, path and remedy`(index: Int) {
    let (text, message, next) = broken[index]
    let failure = refusal(text.hasPrefix("- ") ? text : example(text))
    #expect(failure.code == .invalidArgument)
    #expect(failure.message.hasPrefix("environment.yaml:"), "\(text)")
    #expect(failure.message.contains(message), "\(text)")
    if !next.isEmpty { #expect(failure.next == next, "\(text)") }
}

@Test(arguments: ["manifest", "name", "version", "launch"])
func `each required key is missed by name`(key: String) {
    let text = smallExample.split(separator: "\n").filter { !$0.hasPrefix(key) }.joined(separator: "\n")
    #expect(refusal(text).message == "environment.yaml:1:1: `\(key)` is missing")
}

@Test func `no change of one byte makes the parser trap`() {
    let bytes = Array(fullExample.utf8)
    for index in stride(from: 0, to: bytes.count, by: 11) {
        for byte: UInt8 in [0, 0x2d, 0x3a, 0x7b] {
            var changed = bytes
            changed[index] = byte
            _ = try? Manifest(parsing: String(decoding: changed, as: UTF8.self))
        }
    }
}
