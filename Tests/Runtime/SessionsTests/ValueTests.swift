import Foundations
import JSON
import ScriptedSessions
import Spaces
import Testing
import Workers

@testable import Sessions

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

func floats(_ values: [Float]) throws(Failure) -> Tensor {
    try Tensor(
        dtype: .float32, shape: [values.count],
        bytes: values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
}

private func discrete(_ n: Int64) throws -> Space { try Space(json: ["type": "Discrete", "n": .integer(n)]) }

struct ValueCheckerTests {
    private func checker(_ validation: LaunchPlan.Validation = .full) throws -> ValueChecker {
        ValueChecker(spaces: try .scripted(), agents: nil, validation: validation)
    }

    private func action(_ text: String, _ checker: ValueChecker) -> Result<String, Failure> {
        do throws(Failure) {
            let checked = try checker.checkedAction(SplitJSON(text: bytes(text)))
            return .success(String(decoding: try checked.line(), as: UTF8.self))
        } catch { return .failure(error) }
    }

    @Test func `an action of the space passes without its white space`() throws {
        #expect(try action("1", checker()).get() == "1")
        #expect(try action(" \n1\t", checker()).get() == "1")
        #expect(try action("1.0", checker()).get() == "1.0")
        let text = ValueChecker(
            spaces: SessionSpaces(observation: try discrete(2), action: .text(try Space.Text(minimum: 0))), agents: nil,
            validation: .off)
        #expect(try action(#" "a  \n b" "#, text).get() == #""a  \n b""#)
    }

    @Test(arguments: ["2", "-1", "0.5", "\"1\"", "null", "[1]", "true", "{}"])
    func `an action outside of the space is refused`(value: String) throws {
        for validation in LaunchPlan.Validation.allCases {
            guard case .failure(let failure) = action(value, try checker(validation)) else {
                Issue.record("accepted")
                return
            }
            #expect(failure.code == .invalidAction)
        }
    }

    @Test(arguments: ["", "1 1", "01", "nul", "[", "1,"]) func `an action that is no JSON is refused`(value: String)
        throws
    {
        guard case .failure(let failure) = action(value, try checker()) else {
            Issue.record("accepted")
            return
        }
        #expect([.malformedJSON, .invalidAction].contains(failure.code))
    }

    @Test func `the error names the path and the bound`() throws {
        let box = try Space(json: ["type": "Box", "dtype": "float32", "shape": [2], "low": -1, "high": 1])
        let checker = ValueChecker(
            spaces: SessionSpaces(observation: box, action: .dict(.init([.init(key: "move", space: box)]))),
            agents: nil,
            validation: .full)
        guard case .failure(let failure) = action(#"{"move":[0,3]}"#, checker) else {
            Issue.record("accepted")
            return
        }
        #expect(failure.details["pointer"] == "/move/1")
        #expect(failure.message.contains("upper bound 1"))
    }

    private func accepts(_ observation: String, _ checker: inout ValueChecker, _ tensors: [String: Tensor] = [:])
        -> Bool
    {
        var canonical: [UInt8] = []
        do throws(ScanError) {
            try checker.checkObservation(.scripted(observation, tensors: tensors), canonical: &canonical)
        } catch { return false }
        return true
    }

    @Test func `full validation checks every observation`() throws {
        var checker = try checker()
        for _ in 0..<40 {
            #expect(accepts("[0,1]", &checker))
            #expect(!accepts("[0,-11]", &checker))
        }
        for value in ["[0]", "[0,1,2]", "null", "{}", "\"\"", "[0,\"NaN\"]", "[0,null]", "[[0],[1]]"] {
            #expect(!accepts(value, &checker), "\(value)")
        }
    }

    @Test func `sampled validation checks the first of sixteen`() throws {
        var checker = try checker(.sampled)
        #expect(!accepts("[0,-11]", &checker))
        for _ in 0..<15 { #expect(accepts("[0,-11]", &checker)) }
        #expect(!accepts("[0,-11]", &checker))
    }

    @Test func `without validation only the form is read`() throws {
        var checker = try checker(.off)
        for _ in 0..<40 { #expect(accepts("[0,-11]", &checker)) }
        #expect(!accepts("[0,", &checker))
    }

    @Test func `arrays and JSON have the same canonical bytes`() throws {
        var one = try checker()
        var other = try checker()
        var json: [UInt8] = [9]
        var array: [UInt8] = [9]
        try one.checkObservation(.scripted(" [0.5, 1e0]"), canonical: &json)
        try other.checkObservation(.scripted("null", tensors: ["": floats([0.5, 1])]), canonical: &array)
        #expect(json == array && json.first == 9)
        #expect(!accepts("null", &one, ["": try floats([0.5, -11])]))
        #expect(!accepts("null", &one))
    }
}

struct ValueCheckerOfAgentsTests {
    private func checker(_ observation: Space? = nil) throws -> ValueChecker {
        let spaces = try ["a": 2, "b": 3].sorted { $0.key < $1.key }.map {
            Space.Dict.Member(key: $0.key, space: try discrete(Int64($0.value)))
        }
        let space = Space.dict(.init(spaces))
        return ValueChecker(
            spaces: SessionSpaces(observation: observation ?? space, action: space), agents: ["a", "b"],
            validation: .full)
    }

    private func action(_ text: String, _ checker: ValueChecker) -> Bool {
        do throws(Failure) { _ = try checker.checkedAction(SplitJSON(text: bytes(text))) } catch { return false }
        return true
    }

    @Test func `parallel agents that left need no value`() throws {
        let checker = try checker()
        for value in [#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, #"{"b":0}"#, "{}"] {
            #expect(action(value, checker), "\(value)")
        }
        for value in [#"{"a":2}"#, #"{"c":0}"#, "1", "[]", "null", #"{"a":1,"a":1}"#] {
            #expect(!action(value, checker), "\(value)")
        }
    }

    @Test func `in turns a value is that of the one who acts`() throws {
        var checker = try checker()
        var canonical: [UInt8] = []
        try checker.checkObservation(.scripted("2", agent: "b"), canonical: &canonical)
        #expect(action("2", checker))
        try checker.checkObservation(.scripted("1", agent: "a"), canonical: &canonical)
        #expect(!action("2", checker))
        #expect(checker.observationSpace(of: .scripted("1", agent: "a")) == (try discrete(2)))
        try checker.checkObservation(.scripted("0"), canonical: &canonical)
        let stranger = #expect(throws: ScanError.self) {
            try checker.checkObservation(.scripted("1", agent: "c"), canonical: &canonical)
        }
        #expect(stranger?.failure(.internal).message.contains("no agent") == true)
    }

    @Test func `a dictionary that is not keyed by agents is one value for all`() throws {
        let board = Space.dict(.init([.init(key: "board", space: try discrete(5))]))
        var checker = try checker(board)
        var canonical: [UInt8] = []
        try checker.checkObservation(.scripted(#"{"board":4}"#, agent: "a"), canonical: &canonical)
        #expect(throws: ScanError.self) {
            try checker.checkObservation(.scripted("{}", agent: "a"), canonical: &canonical)
        }
    }

    @Test func `the space of a reply has the agents that are in it`() throws {
        let checker = try checker()
        let space = checker.observationSpace(of: .scripted(#"{"b":1}"#))
        #expect(space == .dict(.init([.init(key: "b", space: try discrete(3))])))
    }
}

struct CallAnswerTests {
    private func answer(_ kind: CallAnswer.Kind, _ reply: StepReply, _ space: Space? = nil) throws -> CallAnswer {
        CallAnswer(
            kind: kind, index: 4, episode: 1, reply: reply, space: try space ?? SessionSpaces.scripted().observation)
    }

    @Test func `a step is written as it came`() throws {
        let step = try answer(.step, .scripted("[0.50, 1]", reward: 1.5, truncated: true, info: #"{"a" : 1}"#))
        #expect(
            try text(step.json())
                == #"{"index":4,"episode":1,"observation":[0.50, 1],"reward":1.5,"terminated":false,"truncated":true,"info":{"a" : 1}}"#
        )
        #expect(try text(step.contentJSON()).hasPrefix(#""observation":[0.50, 1],"reward":1.5"#))
    }

    @Test func `no reward is null and a reset has none`() throws {
        #expect(try text(answer(.step, .scripted("[0,1]", reward: nil)).json()).contains(#""reward":null"#))
        #expect(
            try text(answer(.reset(seed: 7), .scripted("[0,1]", reward: nil)).json())
                == #"{"index":4,"episode":1,"observation":[0,1],"info":{},"seed":7}"#)
        #expect(try text(answer(.reset(seed: nil), .scripted("[0,1]")).json()).hasSuffix(#","seed":null}"#))
    }

    @Test func `who acts next and values by agent are written`() throws {
        let reply = StepReply(
            observation: bytes("{}")[...], reward: .each([("a", 1), ("b", nil)]),
            terminated: .each([("a", true), ("b", false)]),
            truncated: .each([("a", false), ("b", false)]), info: bytes("{}")[...], agent: "b")
        #expect(
            try text(answer(.step, reply).json())
                == #"{"index":4,"episode":1,"observation":{},"reward":{"a":1.0,"b":null},"terminated":{"a":true,"b":false},"truncated":{"a":false,"b":false},"info":{},"agent":"b"}"#
        )
    }

    @Test func `arrays are spelled out in JSON`() throws {
        let step = try answer(.step, .scripted("null", tensors: ["": floats([0.5, 1])]))
        #expect(try text(step.json()).contains(#""observation":[0.5,1.0]"#))
    }

    @Test func `the tensor form has arrays as bytes however the environment sent them`() throws {
        let json = try answer(.step, .scripted("[0.5,1]")).tensorForm()
        let arrays = try answer(.step, .scripted("null", tensors: ["": floats([0.5, 1])])).tensorForm()
        #expect(json == arrays)
        let decoded = try TensorForm.decode(json)
        #expect(try decoded.tensors == ["/observation": floats([0.5, 1])])
        #expect(text(decoded.text).hasPrefix(#"{"index":4,"episode":1,"observation":null,"reward":1.0"#))
    }

    @Test func `what was not checked and is not of its space has no tensor form`() throws {
        let failure = #expect(throws: Failure.self) { try answer(.step, .scripted("[0]")).tensorForm() }
        #expect(failure?.code == .internal)
    }
}
