import Foundations
import JSON
import Spaces
import Testing

@testable import corral

private func turn(_ text: String, isShared: Bool = false) throws -> Turn {
    try Turn(Array(text.utf8), isShared: isShared)
}

@Suite struct TurnTests {
    @Test func `a reset has no reward and goes on`() throws {
        let turn = try turn(#"{"index":0,"episode":0,"observation":[1],"info":{},"seed":5}"#)
        #expect(turn.reward == .one(nil))
        #expect(!turn.isOver)
        #expect(turn.seed == 5)
        #expect(turn.agents == nil)
    }

    @Test func `an episode of several agents is over when none goes on`() throws {
        let first = try turn(
            #"{"observation":{"a":0,"b":0},"reward":{"a":1,"b":null},"terminated":{"a":true,"b":false},"truncated":{"a":false,"b":false},"info":{}}"#,
            isShared: true)
        #expect(first.agents == ["b"])
        #expect(!first.isOver)
        #expect(first.reward == .each(["a": 1, "b": nil]))
        let last = try turn(
            #"{"observation":{"b":0},"reward":{"b":1},"terminated":{"b":false},"truncated":{"b":true},"info":{}}"#,
            isShared: true)
        #expect(last.isOver && last.isTruncated && !last.isTerminated)
    }

    @Test func `a Dict observation of one agent names no agents`() throws {
        #expect(try turn(#"{"observation":{"image":[],"mission":"go"},"info":{}}"#).agents == nil)
    }

    @Test(arguments: ["", "[]", #"{"reward":1,"reward":2}"#])
    func `an answer that is no object is an error`(_ text: String) {
        #expect(throws: Failure.self) { try turn(text) }
    }
}

@Suite struct AskTests {
    private let buttons: Space
    private let words: Space

    init() throws {
        buttons = try Space(json: ["type": "Discrete", "n": 3, "start": 10])
        words = try Space(json: ["type": "Text", "min_length": 0, "max_length": nil, "charset": nil])
    }

    @Test func `a mask and lists of commands narrow the choice`() throws {
        let masked = try turn(#"{"observation":0,"info":{"action_mask":[0,1,1]}}"#)
        #expect(Ask.all(of: masked, space: buttons, isShared: false).first?.offers == [11, 12])
        let told = try turn(#"{"observation":"","info":{"valid_actions":["look",7]}}"#)
        #expect(Ask.all(of: told, space: words, isShared: false).first?.offers == ["look"])
    }

    @Test(arguments: [#"{"action_mask":[1,0]}"#, #"{"action_mask":[0,0,0]}"#, #"{"action_mask":7}"#, "{}"])
    func `a mask that does not fit is no mask`(_ info: String) throws {
        let turn = try turn(#"{"observation":0,"info":\#(info)}"#)
        #expect(Ask.all(of: turn, space: buttons, isShared: false).first?.offers == nil)
    }

    @Test func `only agents that go on are asked, and one whose turn it is`() throws {
        let both = Space.dict(Space.Dict([.init(key: "a", space: buttons), .init(key: "b", space: words)]))
        let parallel = try turn(#"{"observation":{"b":""},"info":{}}"#, isShared: true)
        #expect(Ask.all(of: parallel, space: both, isShared: true).map(\.agent) == ["b"])
        let turns = try turn(#"{"observation":"","info":{},"agent":"a"}"#, isShared: true)
        #expect(Ask.all(of: turns, space: both, isShared: true).map(\.agent) == ["a"])
    }

    @Test func `what a human types is read by the space`() throws {
        func read(_ line: String, _ space: Space) -> JSONValue? {
            try? Ask(agent: nil, space: space).read(line).get()
        }
        #expect(read("11", buttons) == 11)
        #expect(read("3", buttons) == nil)
        #expect(read("eleven", buttons) == nil)
        #expect(read("11", words) == "11")
    }

    @Test func `the same seed gives the same actions`() throws {
        func actions(_ seed: UInt64) throws -> [JSONValue?] {
            var agent = RandomAgent(seed: seed)
            let turn = try turn(#"{"observation":0,"info":{}}"#)
            let asks = Ask.all(of: turn, space: buttons, isShared: false)
            return try (0..<20).map { _ in try agent.act(on: turn, asks: asks) }
        }
        #expect(try actions(4) == actions(4))
        #expect(try actions(4) != actions(5))
        #expect(try actions(4).allSatisfy { $0.map(buttons.contains) == true })
    }
}

@Suite struct TallyTests {
    @Test func `rewards that were not given do not count`() {
        var tally = RunTally()
        tally.begin()
        tally.stepped(.one(nil), in: .milliseconds(1))
        #expect(tally.current.total == .none)
        tally.stepped(.one(2), in: .milliseconds(1))
        tally.stepped(.one(nil), in: .milliseconds(2))
        tally.end(.terminated)
        #expect(tally.current.total == .one(2))
        #expect(tally.steps == 3 && tally.ended == 1)
        #expect(tally.stepsPerSecond == 750)
    }

    @Test func `agents have returns of their own`() {
        var total = RunTally.Total.none
        total.add(.each(["a": 1, "b": nil]))
        total.add(.each(["b": 0.5]))
        #expect(total == .each(["a": 1, "b": 0.5]))
        #expect(total.sum == 1.5)
        #expect(total.text == "a 1, b 0.5")
    }

    @Test func `the bar fills with the episodes that ended`() {
        var tally = RunTally()
        tally.begin()
        tally.end(.truncated)
        #expect(ProgressBar.line(tally, of: 2, name: "x") == "x ████████████░░░░░░░░░░░░ 1/2 episodes  0 steps")
    }

    @Test(arguments: [(0.0004, "0.4 ms"), (0.31249, "312 ms"), (4.21, "4.2 s")])
    func `times are in the unit that suits them`(_ seconds: Double, _ text: String) {
        #expect(shortTime(.seconds(seconds)) == text)
    }
}

@Suite struct CallTests {
    @Test func `parameters are JSON where they can be`() throws {
        let parameters = try RunOptions.parameters(["a=1", "b=x=y", "c=[true]", "d=", #"e="5""#])
        #expect(parameters == ["a": 1, "b": "x=y", "c": [true], "d": "", "e": "5"])
        #expect(throws: Failure.self) { try RunOptions.parameters(["=1"]) }
    }

    @Test func `paths and queries are encoded`() {
        let target = ServerClient.target(
            ["v1", "environments", "a/b@^1"], query: [("label", "k=v é"), ("state", nil)])
        #expect(target == "/v1/environments/a%2Fb%40%5E1?label=k%3Dv%20%C3%A9")
    }
}
