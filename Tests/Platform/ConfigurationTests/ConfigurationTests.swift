import Arguments
import Configuration
import Foundations
import Testing
import YAML

private func load(
    flags: [String: [String]] = [:], environment: [String: String] = ["HOME": "/home/me"], file: String? = nil
) throws(Failure) -> Configuration {
    let node: YAMLNode? = if let file { try YAMLNode(parsing: file, file: "conf/corral.yaml") } else { nil }
    return try Configuration(ServerKeys.all, flags: flags, environment: environment, file: node)
}

private func refusal(
    flags: [String: [String]] = [:], environment: [String: String] = ["HOME": "/home/me"], file: String? = nil
) -> Failure {
    do {
        _ = try load(flags: flags, environment: environment, file: file)
        return Failure(.internal, "no error")
    } catch { return error }
}

@Test func `defaults are those of the documentation`() throws {
    let values = try load()
    #expect(values[ServerKeys.host] == "127.0.0.1")
    #expect(values[ServerKeys.port] == 7878)
    #expect(values[ServerKeys.unixSocket] == nil)
    #expect(values[ServerKeys.data] == "/home/me/.local/share/corral")
    #expect(values[ServerKeys.environments] == [])
    #expect(values[ServerKeys.idleTimeout] == .seconds(300))
    #expect(values[ServerKeys.bodyLimit] == 16 << 20)
    #expect(values[ServerKeys.insecure] == false)
    #expect(values[ServerKeys.validation] == "full")
    #expect(values.entries.allSatisfy { $0.origin == .fallback })
    #expect(values.entries.first { $0.declaration.name == "max-lifetime" }?.words == ["24h"])
    #expect(Set(values.entries.map(\.declaration.name)).count == ServerKeys.all.count)
}

@Test func `a flag may be a bare number of seconds, and nothing else may`() throws {
    #expect(try load(flags: ["idle-timeout": ["120"]])[ServerKeys.idleTimeout] == .seconds(120))
    #expect(try load(flags: ["command-timeout": ["0.5"]])[ServerKeys.commandTimeout] == .milliseconds(500))
    #expect(refusal(flags: ["command-timeout": ["nan"]]).code == .invalidArgument)
    #expect(refusal(flags: ["command-timeout": ["-1"]]).code == .invalidArgument)
    #expect(refusal(environment: ["HOME": "/h", "CORRAL_IDLE_TIMEOUT": "120"]).code == .invalidArgument)
}

@Test func `a server of one worker has the defaults of DockerGym`() throws {
    let values = try Configuration(WorkerKeys.withItsDefaults(ServerKeys.all), environment: ["HOME": "/h"])
    #expect(values[ServerKeys.port] == 8000)
    #expect(values[ServerKeys.idleTimeout] == .seconds(120))
    #expect(values[ServerKeys.commandTimeout] == .seconds(60))
    #expect(values[ServerKeys.maxSessions] == 1024)
    #expect(values[ServerKeys.host] == "127.0.0.1")
    #expect(values[WorkerKeys.label] == "dockergym-session")
}

@Test func `a command is a list of words, or one text that is split`() throws {
    let command = WorkerKeys.command
    #expect(try load(flags: ["worker-command": ["python", "-u", "a b"]])[command] == ["python", "-u", "a b"])
    #expect(try load(flags: ["worker-command": ["python -u 'a b'"]])[command] == ["python", "-u", "a b"])
    #expect(try load(file: "worker-command: [python, -u, x.py]\n")[command] == ["python", "-u", "x.py"])
    #expect(try load(file: "worker-command: python -u x.py\n")[command] == ["python", "-u", "x.py"])
    #expect(try load(environment: ["HOME": "/h", "CORRAL_WORKER_COMMAND": "a b"])[command] == ["a", "b"])
    #expect(refusal(flags: ["worker-command": ["a 'b"]]).code == .invalidArgument)
}

@Test func `texts are kept as they are, one a line in the environment`() throws {
    let volumes = WorkerKeys.volumes
    #expect(try load(flags: ["volume": ["~/a:/b:ro", "/c"]])[volumes] == ["~/a:/b:ro", "/c"])
    #expect(try load(file: "volume: [\"/a:/b\", /c]\n")[volumes] == ["/a:/b", "/c"])
    #expect(try load(environment: ["HOME": "/h", "CORRAL_VOLUME": "/a:/b\n/c"])[volumes] == ["/a:/b", "/c"])
}

@Test func `flags come before the environment, that before corral yaml, that before defaults`() throws {
    let file = "warm: 3\nport: 1\nhost: a\nenvironments: [x, /y, ~/z]\n"
    let environment = ["HOME": "/h", "CORRAL_PORT": "2", "CORRAL_HOST": "b", "CORRAL_ALLOW_VOLUMES": "/a:~/b:"]
    let values = try load(flags: ["port": ["3"], "help": ["true"]], environment: environment, file: file)
    #expect(values[ServerKeys.port] == 3)
    #expect(values.origin(of: ServerKeys.port).description == "flag --port")
    #expect(values[ServerKeys.host] == "b")
    #expect(values.origin(of: ServerKeys.host).description == "environment CORRAL_HOST")
    #expect(values[ServerKeys.warm] == 3)
    #expect(values.origin(of: ServerKeys.warm).description == "conf/corral.yaml:1")
    #expect(values.origin(of: ServerKeys.data).description == "default")
    #expect(values[ServerKeys.environments] == ["conf/x", "/y", "/h/z"])
    #expect(values[ServerKeys.allowVolumes] == ["/a", "/h/b"])
}

@Test func `an empty variable counts as not set and a list may be one path`() throws {
    let values = try load(environment: ["HOME": "/h", "CORRAL_PORT": ""], file: "environments: x\n")
    #expect(values[ServerKeys.port] == 7878)
    #expect(values[ServerKeys.environments] == ["conf/x"])
}

@Test func `the data folder follows XDG where that is absolute`() throws {
    #expect(try load(environment: ["XDG_DATA_HOME": "/x"])[ServerKeys.data] == "/x/corral")
    #expect(try load(environment: ["HOME": "/h", "XDG_DATA_HOME": "x"])[ServerKeys.data] == "/h/.local/share/corral")
    #expect(
        try load(flags: ["data": ["~/.local/share/c"]], environment: ["HOME": "/h", "XDG_DATA_HOME": "/x"])[
            ServerKeys.data] == "/h/.local/share/c")
    #expect(refusal(environment: [:]).message.contains("data (default): `~/.local/share/corral` needs HOME"))
    #expect(refusal(flags: ["data": ["~you/x"]]).message.contains("only one's own home folder"))
}

@Test(arguments: [
    ("prot: 1", "conf/corral.yaml:1:1: there is no key `prot`", "did you mean `port`?"),
    ("\nport: x", "port (conf/corral.yaml:2): `x` is not a whole number from 0 to 65535", ""),
    ("port: 65536", "port (conf/corral.yaml:1): `65536` is not a whole number from 0 to 65535", ""),
    ("port: [1]", "port (conf/corral.yaml:1): expected a whole number from 0 to 65535, found a sequence", ""),
    ("port:", "port (conf/corral.yaml:1): expected a whole number from 0 to 65535, found nothing", ""),
    ("trust: yes", "trust (conf/corral.yaml:1): `yes` is not true or false", ""),
    ("idle-timeout: 5", "is not a time such as 250ms, 30s, 5m or 24h, from 1s to 720h", ""),
    ("body-limit: 1TiB", "is not a size such as 512MiB, 1GB or 4096, from 1KiB to 1GiB", ""),
    ("log-format: jsn", "`jsn` is not one of auto, text, json", "did you mean `json`?"),
    ("environments: [a, {b: c}]", "environments (conf/corral.yaml:1): expected a list of paths, found a mapping", ""),
    ("data: ''", "an empty text is no path", ""), ("- a", "expected keys with values, found a sequence", ""),
])
func `a bad corral yaml is refused by key, place and form`(text: String, message: String, next: String) {
    let failure = refusal(file: text)
    #expect(failure.message.contains(message))
    #expect(failure.next == next)
    #expect(failure.code == .invalidArgument)
}

@Test func `bad flags and variables name their origin`() {
    #expect(refusal(flags: ["port": ["x"]]).message == "port (flag --port): `x` is not a whole number from 0 to 65535")
    let failure = refusal(environment: ["HOME": "/h", "CORRAL_LOG_LEVEL": "loud"])
    #expect(failure.message.hasPrefix("log-level (environment CORRAL_LOG_LEVEL): `loud` is not one of debug, info"))
    #expect(failure.details == ["key": "log-level", "origin": "environment CORRAL_LOG_LEVEL"])
}

@Test func `every key is an option of the command line`() throws {
    let command = Command("serve", "Serve.", options: ServerKeys.all.map(\.option))
    let words = [
        "--port=80", "--trust", "--no-insecure", "--environments", "a", "--environments=b", "--log-level", "off",
    ]
    guard case .run(let invocation) = try command.parse(words) else { throw Failure(.internal, "help") }
    let values = try load(flags: invocation.givenOptions)
    #expect(values[ServerKeys.port] == 80)
    #expect(values[ServerKeys.trust])
    #expect(values.origin(of: ServerKeys.insecure) == .flag("insecure"))
    #expect(values[ServerKeys.environments] == ["a", "b"])
    #expect(values.origin(of: ServerKeys.warm) == .fallback)
    let help = try #require(command.help())
    #expect(help.contains("--idle-timeout TIME"))
    #expect(help.contains("[default: 24h]"))
}
