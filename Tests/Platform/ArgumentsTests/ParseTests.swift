import Arguments
import Foundations
import Testing

@Test func `options are read joined, apart and short, and the last one counts`() throws {
    #expect(try invocation("serve", "--port", "80").text("port") == "80")
    #expect(try invocation("serve", "--port=80", "--port=81").text("port") == "81")
    #expect(try invocation("serve", "-p80").text("port") == "80")
    #expect(try invocation("serve", "-kvp=80").text("port") == "80")
    #expect(try invocation("serve", "-kv", "-p", "80").flag("insecure"))
    #expect(try invocation("serve", "--port=").text("port") == "")
    #expect(try invocation("serve", "--tls-key=a=b").text("tls-key") == "a=b")
}

@Test func `an option that is not given has its declared value and says that it was not given`() throws {
    let plain = try invocation("serve")
    #expect(plain.path == ["serve"])
    #expect(plain.text("port") == "7878")
    #expect(plain.given("port") == nil)
    #expect(plain.text("tls-key") == nil)
    #expect(!plain.flag("insecure"))
    #expect(try invocation("run", "x").flag("render"))
}

@Test func `flags have a negative form and take true or false`() throws {
    #expect(try !invocation("run", "x", "--no-render").flag("render"))
    #expect(try !invocation("run", "x", "--render=false").flag("render"))
    #expect(try invocation("run", "x", "--no-render", "--render").flag("render"))
    #expect(refusal("run", "x", "--render=yes").message.contains("true or false"))
    #expect(refusal("run", "x", "--no-render=true").message == "--no-render takes no value")
}

@Test func `a repeatable option keeps every value in order`() throws {
    let values = try invocation("serve", "--environments", "a", "--environments=b").texts("environments")
    #expect(values == ["a", "b"])
}

@Test func `an option of remaining words takes all of them, dashes included`() throws {
    let words = ["python", "-u", "worker.py", "--port", "1", "--", "--help"]
    let request = try example.parse(["serve", "-p", "80", "--worker-command"] + words)
    guard case .run(let invocation) = request else { return #expect(Bool(false)) }
    #expect(invocation.texts("worker-command") == words)
    #expect(invocation.text("port") == "80")
    #expect(try example.parse(["serve", "--worker-command=python", "-u"]).isRun)
    #expect(refusal("serve", "--worker-command").message.contains("at least one word"))
}

@Test func `negative numbers are values and arguments, other dashes are not`() throws {
    #expect(try invocation("run", "x", "--seed", "-5").integer("seed") == -5)
    #expect(try invocation("run", "x", "-0.5").arguments("ACTIONS") == ["-0.5"])
    #expect(try invocation("run", "-").argument("ENVIRONMENT") == "-")
    let failure = refusal("run", "x", "--seed", "--render")
    #expect(failure.message == "--seed needs a value: SEED")
    #expect(failure.next.contains("--seed=--render"))
    #expect(refusal("run", "x", "--seed").message == "--seed needs a value: SEED")
}

@Test func `two dashes end the options`() throws {
    let invocation = try invocation("run", "--", "--seed", "--", "-x")
    #expect(invocation.argument("ENVIRONMENT") == "--seed")
    #expect(invocation.arguments("ACTIONS") == ["--", "-x"])
}

@Test func `options of the program work before and after the command`() throws {
    #expect(try invocation("--log-level", "debug", "serve").text("log-level") == "debug")
    #expect(try invocation("key", "create", "--log-level=error", "-v").flag("verbose"))
    #expect(refusal("--port", "80", "serve").message == "`corral` has no option `--port`")
}

@Test func `too few and too many arguments are refused by name`() {
    #expect(refusal("run").message == "ENVIRONMENT is missing")
    #expect(refusal("key", "revoke").message == "ID is missing")
    #expect(refusal("key", "create", "a", "b").message == "`b` is one argument too many")
    #expect(refusal("serve", "x").message == "`x` is one argument too many")
    #expect(refusal().message == "`corral` needs a command")
    #expect(refusal("key").next.contains("create, revoke"))
}

@Test func `a wrong name is answered with the nearest one and exit status 2`() {
    for (words, near) in [
        (["serve", "--prot", "1"], "--port"), (["srve"], "serve"), (["run", "x", "--no-rendr"], "--no-render"),
        (["key", "craete"], "create"), (["--log-level=debg", "serve"], "debug"), (["help", "srve"], "serve"),
    ] {
        let failure = #expect(throws: (any Error).self) { try example.parse(words) }
        let refusal = failure.flatMap { Refusal($0) }
        #expect(refusal?.next.contains("did you mean `\(near)`?") == true)
        #expect(refusal?.status == 2)
    }
    #expect(refusal("serve", "-x").message == "`corral serve` has no option `-x`")
    #expect(refusal("serve", "-x").next.hasSuffix("see `corral serve --help`"))
}

@Test func `numbers out of range are refused`() throws {
    let invocation = try invocation("serve", "--port", "99999")
    #expect(throws: (any Error).self) { try invocation.integer("port", in: 0...65535) }
    #expect(try invocation.integer("port") == 99999)
    #expect(try invocation.number("port") == 99999)
}

private let words = Command(
    "serve", "Serve.",
    options: [
        .words("worker-command", "WORD", "The worker."), .value("port", short: "p", "PORT", "The port."),
        .flag("insecure", "Let all in."),
    ])

@Test(arguments: [
    (["--worker-command", "python", "-u", "/app/w.py", "--port", "1"], ["python", "-u", "/app/w.py"]),
    (["--worker-command", "python", "-p", "x", "--fast", "--no-insecure"], ["python", "-p", "x", "--fast"]),
    (["--port", "1", "--worker-command", "a", "--port=1"], ["a"]),
    (["--worker-command", "a", "--", "b", "-h"], ["a", "--", "b", "-h"]),
    (["--worker-command=python -u w.py", "--port", "1"], ["python -u w.py"]),
    (["--worker-command", "python -u w.py --port 3", "--insecure"], ["python -u w.py --port 3"]),
])
func `an option of words takes them up to the next long option of the command`(line: [String], taken: [String]) throws {
    guard case .run(let invocation) = try words.parse(line) else { throw Failure(.internal, "shows a text") }
    #expect(invocation.texts("worker-command") == taken)
}

@Test func `an option of words needs one`() {
    #expect(throws: Failure.self) { try words.parse(["--worker-command"]) }
    #expect(throws: Failure.self) { try words.parse(["--worker-command", "--port", "1"]) }
}
